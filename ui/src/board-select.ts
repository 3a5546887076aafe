// Which charts of the board are selected, and which one has the focus. Rows are one stop of the Tab key;
// arrows (or j and k) go from row to row, Shift extends the selection, Space and x tick.
import type { Chart } from "./board-assign";
import type { BulkDone } from "./board-said";
import { isTyping } from "./dom";

/** What the server takes at once. */
const CHARTS_AT_ONCE_MAX = 50;

export interface Selection {
    /** The selected charts as they are listed; without any, the one that has the focus. */
    chosen(): Chart[];
    /** What a drag of this row takes along. */
    with(row: HTMLElement): Chart[];
    toggleCurrent(): void;
    clear(): void;
    /** What was done is done with; what was refused stays selected. */
    keepRefused(done: BulkDone): void;
    restoreFocus(): void;
}

const selected = new Set<string>();
/** The row that arrows start from. */
let current: string | undefined;
/** Where a range begins. */
let anchor: string | undefined;
/** Whether the focus was in a row, and which one of its table that was. */
let held: { table: string; place: number } | undefined;

export function attachSelection(): Selection {
    document.addEventListener("click", clicked);
    document.addEventListener("focusin", (event) => moved(rowOf(event.target)));
    document.addEventListener("keydown", pressed);
    document.addEventListener("live:refreshed", refreshed);
    const find = document.querySelector<HTMLInputElement>("[data-board-find]");
    find?.addEventListener("input", narrow);
    narrow();
    return { chosen, with: taken, toggleCurrent, clear, keepRefused, restoreFocus };
}

function rowOf(target: EventTarget | null): HTMLTableRowElement | null {
    return target instanceof Element ? target.closest<HTMLTableRowElement>("tr[data-chart]") : null;
}

function rows(within: ParentNode = document): HTMLTableRowElement[] {
    return [...within.querySelectorAll<HTMLTableRowElement>("tr[data-chart]:not([hidden])")];
}

function idOf(row: HTMLElement): string {
    return row.dataset.chart ?? "";
}

function chartOf(row: HTMLElement): Chart {
    return { id: idOf(row), reference: row.dataset.reference ?? "", held: row.dataset.held !== undefined };
}

function chosen(): Chart[] {
    const picked = rows().filter((row) => selected.has(idOf(row)));
    if (picked.length > 0) return picked.map(chartOf);
    return rows().filter((row) => idOf(row) === current).map(chartOf);
}

function taken(row: HTMLElement): Chart[] {
    return selected.has(idOf(row)) ? chosen() : [chartOf(row)];
}

function set(row: HTMLElement, on: boolean): void {
    if (!on) selected.delete(idOf(row));
    else if (selected.size < CHARTS_AT_ONCE_MAX) selected.add(idOf(row));
}

function toggleCurrent(): void {
    const row = rows().find((row) => idOf(row) === current);
    if (!row) return;
    set(row, !selected.has(idOf(row)));
    anchor = idOf(row);
    paint();
}

function clear(): void {
    selected.clear();
    paint();
}

function keepRefused(done: BulkDone): void {
    for (const chart of done.charts) if (chart.done) selected.delete(chart.chart_id);
    paint();
}

function clicked(event: MouseEvent): void {
    if (!(event.target instanceof HTMLElement)) return;
    const row = rowOf(event.target);
    if (event.target.matches("[data-tick-band]")) tickAll(event.target as HTMLInputElement);
    else if (row && event.target.matches("[data-tick]")) {
        const on = (event.target as HTMLInputElement).checked;
        if (event.shiftKey) range(row, on);
        else set(row, on);
        anchor = idOf(row);
        paint();
    } else if (row && !event.target.closest("a, button, input") && document.querySelector("[data-board]")) {
        if (event.shiftKey) range(row, true);
        else if (event.ctrlKey || event.metaKey) set(row, !selected.has(idOf(row)));
        else return;
        anchor = idOf(row);
        paint();
    }
}

/** Everything from the anchor to this row. */
function range(to: HTMLElement, on: boolean): void {
    const all = rows();
    const from = all.findIndex((row) => idOf(row) === anchor);
    const end = all.findIndex((row) => row === to);
    const begin = from < 0 ? end : from;
    for (const row of all.slice(Math.min(begin, end), Math.max(begin, end) + 1)) set(row, on);
}

function tickAll(box: HTMLInputElement): void {
    const within = box.closest("thead") ? box.closest("table") : box.closest("tbody");
    for (const row of rows(within ?? undefined)) set(row, box.checked);
    paint();
}

function moved(row: HTMLTableRowElement | null): void {
    if (!row) {
        held = undefined;
        return;
    }
    current = idOf(row);
    remember(row);
    paintStops();
}

function remember(row: HTMLTableRowElement): void {
    const table = row.closest("table");
    held = table ? { table: table.id, place: rows(table).indexOf(row) } : undefined;
}

function pressed(event: KeyboardEvent): void {
    const row = rowOf(event.target);
    if (!row || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const all = rows();
    const at = all.indexOf(row);
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: all.length - 1 };
    const next = all[to[event.key as keyof typeof to] ?? -1];
    if (event.key === "J" || event.key === "K") return;
    if (next) {
        event.preventDefault();
        if (event.shiftKey) {
            anchor ??= idOf(row);
            range(next, true);
            set(row, true);
            paint();
        } else anchor = undefined;
        next.focus();
        next.scrollIntoView({ block: "nearest" });
    } else if (event.key === " " && event.target === row) {
        event.preventDefault();
        toggleCurrent();
    } else if (event.key === "Enter" && event.target === row) row.querySelector("a")?.click();
}

/** After a refresh: what has gone is no longer selected, and the focus stays near where it was. */
function refreshed(): void {
    const there = new Set(rows().map(idOf));
    for (const id of selected) if (!there.has(id)) selected.delete(id);
    narrow();
    restoreFocus();
}

function restoreFocus(): void {
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (!held || !lost || document.querySelector("dialog[open]")) return;
    const table = document.getElementById(held.table);
    const left = table ? rows(table) : [];
    (left[Math.min(held.place, left.length - 1)] ?? rows()[0])?.focus({ preventScroll: true });
}

/** Shows the rows that have every word; a band without any is not shown. */
function narrow(): void {
    const find = document.querySelector<HTMLInputElement>("[data-board-find]");
    const words = (find?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of document.querySelectorAll<HTMLElement>("tr[data-chart]")) {
        const text = (row.textContent ?? "").toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
    }
    for (const body of document.querySelectorAll<HTMLElement>("#waiting tbody")) {
        body.hidden = rows(body).length === 0;
    }
    const none = document.querySelector<HTMLElement>("[data-none-found]");
    if (none) none.hidden = words.length === 0 || rows().length > 0;
    paint();
}

function paint(): void {
    for (const row of document.querySelectorAll<HTMLElement>("tr[data-chart]")) {
        const on = selected.has(idOf(row));
        row.setAttribute("aria-selected", String(on));
        const box = row.querySelector<HTMLInputElement>("[data-tick]");
        if (box) box.checked = on;
    }
    for (const box of document.querySelectorAll<HTMLInputElement>("[data-tick-band]")) {
        const within = box.closest("thead") ? box.closest("table") : box.closest("tbody");
        const all = rows(within ?? undefined);
        const on = all.filter((row) => selected.has(idOf(row))).length;
        box.checked = on > 0 && on === all.length;
        box.indeterminate = on > 0 && on < all.length;
    }
    const tally = document.querySelector('[data-show="tally"]');
    const most = selected.size >= CHARTS_AT_ONCE_MAX ? ", no more at once" : "";
    if (tally) tally.textContent = selected.size === 0 ? "None selected" : `${selected.size} selected${most}`;
    const cleared = document.querySelector<HTMLElement>('[data-act="clear"]');
    if (cleared) cleared.hidden = selected.size === 0;
    paintStops();
}

/** One row is a stop of the Tab key, with what is in it. */
function paintStops(): void {
    const all = rows();
    const stop = all.find((row) => idOf(row) === current) ?? all[0];
    for (const row of all) {
        const index = row === stop ? 0 : -1;
        for (const part of [row, ...row.querySelectorAll<HTMLElement>("a, input")]) part.tabIndex = index;
    }
}
