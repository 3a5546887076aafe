// Entering a coding: its lines beside the documents that support them, and what acts on both.
import type { Problem } from "./api";
import type { Evidence, Line, OpenChart } from "./desk";
import { written } from "./desk";
import { isFixedWidth, likesFixedWidth, showFixedWidth, shown } from "./desk-view";
import { Lines, type Row } from "./lines";
import { Reading } from "./reading";
import { toast } from "./toast";

/** What acts on a field that not every line has. */
const OF_FIELDS = [
    ["role", "role"],
    ["poa", "poa"],
    ["modifiers", "modifiers"],
] as const;

export interface EnteringHost {
    /** Something was entered. */
    changed: () => void;
    /** Whether the work is over, so that nothing more is entered. */
    over: () => boolean;
    /** A document could not be had. */
    failed: (problem: Problem) => void;
    /** What the page's other buttons do, by their data-do. */
    acts: Record<string, () => void>;
}

export class Entering {
    readonly lines: Lines;
    readonly reading: Reading;
    readonly #root: HTMLElement;
    readonly #host: EnteringHost;
    /** Names a line for as long as the page lives, wherever it moves. */
    readonly #keys = new WeakMap<Row, string>();
    #keysMade = 0;

    constructor(root: HTMLElement, address: string, chart: OpenChart, host: EnteringHost) {
        this.#root = root;
        this.#host = host;
        this.reading = new Reading(root, {
            address: (id) => `${address}/documents/${id}`,
            marks: () => this.#marks(),
            picked: (places) => this.#pick(places),
            keep: () => this.#keepEvidence(),
            failed: host.failed,
        });
        this.lines = new Lines(root, {
            columns: chart.columns,
            on: chart.coded_on,
            facility: chart.queue.facility_id,
            changed: () => {
                this.showSelected();
                host.changed();
            },
            selected: () => this.showSelected(),
            showEvidence: (place) => void this.reading.reveal(place),
            documentNumber: (id) => this.reading.numberOf(id),
        });
        showFixedWidth(likesFixedWidth());
        this.#listen();
    }

    load(lines: Line[]): void {
        this.lines.load(lines);
        this.reading.draw();
    }

    /** The lines by the names under which other parts of the page remember them. */
    lineKeys(): string[] {
        return this.lines.rows.map((row) => {
            const known = this.#keys.get(row);
            if (known !== undefined) return known;
            const key = String(++this.#keysMade);
            this.#keys.set(row, key);
            return key;
        });
    }

    /** The lines as words that can be pasted elsewhere. */
    asText(): string {
        const words = (row: Row, at: number) => {
            const more = [...row.modifiers, row.units === 1 ? "" : `× ${row.units}`, row.poa ?? ""];
            return [this.nameOf(at), written(row.system, row.code), ...more].filter(Boolean).join(" ");
        };
        return this.lines.rows.map(words).join("\n");
    }

    /** What a line is called: `Diagnosis 3`, `Procedure 1`. */
    nameOf(line: number): string {
        return this.lines.rows[line]?.tr.getAttribute("aria-label") ?? "";
    }

    /** Begins with reading, unless somebody has begun with something else. */
    focus(): void {
        if (this.#root.contains(document.activeElement)) return;
        this.#root.querySelector<HTMLElement>("[data-reading=pane]")?.focus({ preventScroll: true });
    }

    showSelected(): void {
        const row = this.lines.selected;
        const name = row ? `${row.tr.getAttribute("aria-label")} · ${written(row.system, row.code)}` : "";
        shown("line-name").textContent = name;
        shown("line-tools").hidden = row === undefined && !this.lines.canRestore;
        this.#offer("restore", this.lines.canRestore);
        shown("evidence-for").textContent = name
            ? `for ${name}`
            : "Choose a line, then mark what supports it.";
        for (const act of ["evidence", "up", "down", "remove"]) this.#allow(act, row !== undefined);
        for (const [act, field] of OF_FIELDS) this.#offer(act, row?.fields[field] !== undefined);
        this.#offer("details", row?.tr.querySelector(".line-details") != null);
        this.#offer("view", row?.evidence != null);
        this.reading.draw();
    }

    /** Shows what only some lines have. */
    #offer(act: string, on: boolean): void {
        const button = this.#root.querySelector<HTMLElement>(`[data-do="${act}"]`);
        if (button) button.hidden = !on;
        this.#allow(act, on);
    }

    #allow(act: string, on: boolean): void {
        const button = this.#root.querySelector<HTMLButtonElement>(`[data-do="${act}"]`);
        if (button) button.disabled = !on || this.#host.over();
    }

    #listen(): void {
        const acts: Record<string, () => void> = {
            evidence: () => this.#keepEvidence(),
            up: () => this.lines.move(-1),
            down: () => this.lines.move(1),
            remove: () => this.lines.remove(),
            restore: () => this.lines.restore(),
            next: () => this.lines.step(1),
            previous: () => this.lines.step(-1),
            font: () => showFixedWidth(!isFixedWidth()),
            view: () => {
                const place = this.lines.selected?.evidence;
                if (place) void this.reading.reveal(place);
            },
            ...this.#host.acts,
        };
        for (const button of this.#root.querySelectorAll<HTMLElement>("[data-do]")) {
            // A press must not take the selection away from the text.
            const keeps = button.dataset.do === "evidence";
            if (keeps) button.addEventListener("pointerdown", (event) => event.preventDefault());
            button.addEventListener("click", () => acts[button.dataset.do ?? ""]?.());
        }
        this.#root.addEventListener("keydown", (event) => {
            if (event.key !== "Escape" || event.defaultPrevented) return;
            const adding = event.target instanceof Element && event.target.matches("[data-add], textarea");
            if (adding) (this.lines.selected?.tr ?? document.getElementById("main"))?.focus();
        });
    }

    /** Keeps what is marked for the line at hand, or begins to mark by the keyboard. */
    #keepEvidence(): void {
        const place = this.reading.selection();
        if (!place) {
            this.reading.startMarking();
            return;
        }
        const row = this.lines.selected;
        if (!row) {
            toast("Choose the line that this supports, then press E.");
            return;
        }
        this.reading.marked();
        this.lines.setEvidence(place);
        row.tr.focus({ preventScroll: true });
    }

    /** Chooses the line of a mark; of several that share it the next one. */
    #pick(places: Evidence[]): void {
        const rows = this.lines.rows.filter((row) => row.evidence && places.includes(row.evidence));
        const at = this.lines.selected ? rows.indexOf(this.lines.selected) : -1;
        this.lines.select(rows[(at + 1) % rows.length]);
    }

    #marks() {
        return this.lines.rows.flatMap((row) =>
            row.evidence === null
                ? []
                : [{
                    place: row.evidence,
                    label: written(row.system, row.code),
                    current: row === this.lines.selected,
                }],
        );
    }
}
