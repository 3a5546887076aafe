// The documents of a chart: tabs, text, search through all of them, and the places that support lines.
import { Problem, problemFrom } from "./api";
import type { DocumentInfo, Evidence } from "./desk";
import { element } from "./dom";

const HITS_MAX = 2_000;
const QUERY_CHARACTERS_MIN = 2;
const SETTLE_MS = 150;
const KEYED_TABS = 9;

/** A line's evidence, as it is shown in the text. */
export interface Mark {
    place: Evidence;
    /** The code it supports. */
    label: string;
    /** Whether its line is the one at hand. */
    current: boolean;
}

export interface ReadingHost {
    /** Where a document's text is. */
    address: (id: string) => string;
    marks: () => Mark[];
    /** A mark in the text was clicked. */
    picked: (place: Evidence) => void;
    failed: (problem: Problem) => void;
}

/** A stretch of a text in JavaScript's own offsets. */
interface Stretch {
    start: number;
    end: number;
}

interface Hit extends Stretch {
    document: number;
}

export class Reading {
    readonly #host: ReadingHost;
    readonly #tabs: HTMLElement;
    readonly #pane: HTMLElement;
    readonly #text: HTMLElement;
    readonly #query: HTMLInputElement;
    readonly #count: HTMLElement;
    readonly #steps: HTMLElement[];
    #documents: DocumentInfo[] = [];
    /** Texts by document, once they were read. */
    readonly #texts = new Map<string, string>();
    readonly #scrolled = new Map<number, number>();
    #shown = -1;
    #drawn = "";
    #hits: Hit[] = [];
    #hit = -1;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #turn = 0;

    constructor(scope: ParentNode, host: ReadingHost) {
        const part = <E extends HTMLElement>(name: string): E => {
            const found = scope.querySelector<E>(`[data-reading=${name}]`);
            if (!found) throw new Error(`the page has no place for ${name}`);
            return found;
        };
        this.#host = host;
        this.#tabs = part("tabs");
        this.#pane = part("pane");
        this.#text = part("text");
        this.#query = part("query");
        this.#count = part("count");
        this.#query.addEventListener("input", () => {
            clearTimeout(this.#timer);
            this.#timer = setTimeout(() => void this.#search(), SETTLE_MS);
        });
        this.#query.addEventListener("keydown", (event) => this.#pressInQuery(event));
        this.#steps = [part("previous"), part("next")];
        this.#steps.forEach((button, at) => {
            button.addEventListener("click", () => this.#step(at === 0 ? -1 : 1));
        });
        this.#text.addEventListener("click", (event) => this.#pick(event));
        this.#tabs.addEventListener("keydown", (event) => {
            const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
            const to = this.#tabs.children[this.#shown + step];
            if (step === 0 || !(to instanceof HTMLElement)) return;
            event.preventDefault();
            to.focus();
            void this.show(this.#shown + step);
        });
    }

    /** Shows the documents of a chart, the first one open. */
    async open(documents: DocumentInfo[]): Promise<void> {
        this.#documents = documents;
        this.#query.disabled = false;
        this.#tabs.replaceChildren(...documents.map((document, at) => this.#tab(document, at)));
        if (documents.length > 0) await this.show(0);
        else this.#text.textContent = "This chart has no documents.";
    }

    /** Forgets every text: the chart is no longer this person's to read. */
    close(): void {
        this.#turn += 1;
        this.#texts.clear();
        this.#hits = [];
        this.#documents = [];
        this.#tabs.replaceChildren();
        this.#text.textContent = "Closed: the chart is no longer on your desk.";
        this.#query.disabled = true;
        this.#showCounts(false);
    }

    /** The number of a document in the tabs, from 1; 0 for one that is not there. */
    numberOf(id: string): number {
        return this.#documents.findIndex((document) => document.id === id) + 1;
    }

    async show(at: number): Promise<void> {
        const document = this.#documents[at];
        if (!document) return;
        const turn = ++this.#turn;
        if (this.#shown >= 0) this.#scrolled.set(this.#shown, this.#pane.scrollTop);
        this.#shown = at;
        [...this.#tabs.children].forEach((tab, place) => {
            tab.setAttribute("aria-selected", String(place === at));
            tab.setAttribute("tabindex", place === at ? "0" : "-1");
            if (place === at) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
        });
        if (!this.#texts.has(document.id)) this.#text.textContent = "Opening …";
        try {
            await this.#read(document);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (turn === this.#turn) this.#text.textContent = `${document.name}: ${problem.message}`;
            this.#host.failed(problem);
            return;
        }
        if (turn !== this.#turn) return;
        this.#drawn = "";
        this.draw();
        this.#pane.scrollTop = this.#scrolled.get(at) ?? 0;
    }

    /** What is selected in the text, or else the search's hit at hand. */
    selection(): Evidence | undefined {
        const document = this.#documents[this.#shown];
        const text = document && this.#texts.get(document.id);
        if (!document || text === undefined) return undefined;
        const selected = this.#selected() ?? this.#hitHere();
        if (!selected) return undefined;
        const [start, end] = trimmed(text, selected);
        if (start >= end) return undefined;
        getSelection()?.removeAllRanges();
        return { document_id: document.id, start: counted(text, start), end: counted(text, end) };
    }

    /** Brings a place into sight. */
    async reveal(place: Evidence): Promise<void> {
        const at = this.numberOf(place.document_id) - 1;
        if (at < 0) return;
        if (at !== this.#shown) await this.show(at);
        this.draw();
        const marks = this.#text.querySelectorAll<HTMLElement>("mark[data-start]");
        const mark = [...marks].find((one) => Number(one.dataset.start) === place.start);
        mark?.scrollIntoView({ block: "center" });
    }

    /** Draws the text with its marks, if they have changed. */
    draw(): void {
        const document = this.#documents[this.#shown];
        const text = document && this.#texts.get(document.id);
        if (!document || text === undefined) return;
        const marks = this.#host.marks().filter(({ place }) => place.document_id === document.id);
        const hits = this.#hits.filter((hit) => hit.document === this.#shown);
        const drawn = JSON.stringify([marks, hits, this.#hits[this.#hit]]);
        if (drawn === this.#drawn) return;
        this.#drawn = drawn;
        this.#text.replaceChildren(...this.#pieces(text, marks, hits));
    }

    #tab(document: DocumentInfo, at: number): HTMLElement {
        const key = at < KEYED_TABS ? String(at + 1) : "";
        const tab = element("button", { type: "button", role: "tab", "aria-selected": "false" });
        tab.title = document.name;
        if (key) {
            tab.dataset.key = key;
            tab.dataset.keyLabel = document.name;
            tab.setAttribute("aria-keyshortcuts", key);
            tab.append(element("kbd", { class: "kbd" }, key));
        }
        tab.append(element("span", { class: "truncate" }, shortName(document.name)));
        tab.append(element("span", { class: "count", hidden: true }));
        tab.addEventListener("click", () => {
            void this.show(at).then(() => this.#pane.focus({ preventScroll: true }));
        });
        return tab;
    }

    async #read(document: DocumentInfo): Promise<string> {
        const known = this.#texts.get(document.id);
        if (known !== undefined) return known;
        const text = await fetchText(this.#host.address(document.id));
        this.#texts.set(document.id, text);
        return text;
    }

    #pieces(text: string, marks: Mark[], hits: Hit[]): (Node | string)[] {
        const stretches = marks.map((mark) => ({ mark, ...inHalves(text, mark.place) }));
        const cuts = new Set([0, text.length]);
        for (const { start, end } of [...stretches, ...hits]) cuts.add(start).add(end);
        const edges = [...cuts].filter((cut) => cut >= 0 && cut <= text.length).sort((a, b) => a - b);
        const atHand = this.#hits[this.#hit];
        const pieces: (Node | string)[] = [];
        edges.forEach((start, at) => {
            const end = edges[at + 1];
            if (end === undefined) return;
            const within = ({ start: from, end: to }: Stretch) => from <= start && end <= to;
            const words = text.slice(start, end);
            const around = stretches.filter(within);
            const hit = hits.find(within);
            if (around.length === 0 && !hit) {
                pieces.push(words);
                return;
            }
            const piece = element("mark", hit ? { class: "hit" } : {}, words);
            if (hit && hit === atHand) piece.dataset.hit = "current";
            const [first] = around;
            if (first) {
                piece.classList.add("evidence");
                piece.title = around.map(({ mark }) => mark.label).join(", ");
                if (around.some(({ mark }) => mark.current)) piece.setAttribute("aria-current", "true");
                if (start === first.start) piece.dataset.start = String(first.mark.place.start);
                const ending = around.filter((one) => one.end === end);
                if (ending.length > 0) piece.dataset.label = ending.map(({ mark }) => mark.label).join(" ");
            }
            pieces.push(piece);
        });
        return pieces;
    }

    #pick(event: MouseEvent): void {
        if (!(event.target instanceof Element) || !getSelection()?.isCollapsed) return;
        const mark = event.target.closest<HTMLElement>("mark.evidence");
        const document = this.#documents[this.#shown];
        const text = document && this.#texts.get(document.id);
        if (!mark || !document || text === undefined) return;
        const before = globalThis.document.createRange();
        before.setStart(this.#text, 0);
        before.setEndBefore(mark);
        const at = counted(text, before.toString().length);
        const inside = ({ place }: Mark) =>
            place.document_id === document.id && place.start <= at && at < place.end;
        const found = this.#host.marks().find(inside);
        if (found) this.#host.picked(found.place);
    }

    #selected(): Stretch | undefined {
        const selection = getSelection();
        if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
        const range = selection.getRangeAt(0);
        if (!this.#text.contains(range.commonAncestorContainer)) return undefined;
        const before = globalThis.document.createRange();
        before.setStart(this.#text, 0);
        before.setEnd(range.startContainer, range.startOffset);
        const start = before.toString().length;
        return { start, end: start + range.toString().length };
    }

    // ── search ──────────────────────────────────────────────────────────────────────────────────

    #hitHere(): Stretch | undefined {
        const hit = this.#hits[this.#hit];
        return hit?.document === this.#shown ? hit : undefined;
    }

    #pressInQuery(event: KeyboardEvent): void {
        if (event.isComposing) return;
        if (event.key === "Enter") {
            event.preventDefault();
            this.#step(event.shiftKey ? -1 : 1);
        } else if (event.key === "Escape") {
            event.preventDefault();
            this.#pane.focus({ preventScroll: true });
        }
    }

    async #search(): Promise<void> {
        const words = this.#query.value.trim();
        const hits: Hit[] = [];
        if (words.length >= QUERY_CHARACTERS_MIN) {
            this.#count.textContent = "…";
            for (const [at, document] of this.#documents.entries()) {
                try {
                    const text = await this.#read(document);
                    hits.push(...occurrences(text, words).map((hit) => ({ ...hit, document: at })));
                } catch (problem) {
                    if (!(problem instanceof Problem)) throw problem;
                    this.#host.failed(problem);
                    break;
                }
                if (hits.length >= HITS_MAX) break;
            }
        }
        if (words !== this.#query.value.trim()) return; // More was typed meanwhile.
        this.#hits = hits;
        const here = hits.findIndex((hit) => hit.document >= this.#shown);
        this.#hit = hits.length === 0 ? -1 : Math.max(here, 0);
        this.#showCounts(words.length >= QUERY_CHARACTERS_MIN);
        await this.#goToHit();
    }

    #showCounts(asked: boolean): void {
        const found = this.#hits.length;
        for (const button of this.#steps) button.hidden = found < 2;
        this.#count.textContent = !asked ? "" : found === 0 ? "not found" : `${this.#hit + 1} of ${found}`;
        [...this.#tabs.children].forEach((tab, at) => {
            const count = tab.querySelector<HTMLElement>(".count");
            const here = this.#hits.filter((hit) => hit.document === at).length;
            if (!count) return;
            count.hidden = here === 0;
            count.textContent = String(here);
        });
    }

    #step(step: 1 | -1): void {
        const count = this.#hits.length;
        if (count === 0) return;
        this.#hit = (this.#hit + step + count) % count;
        this.#showCounts(true);
        void this.#goToHit();
    }

    async #goToHit(): Promise<void> {
        const hit = this.#hits[this.#hit];
        if (hit && hit.document !== this.#shown) await this.show(hit.document);
        this.draw();
        this.#text.querySelector("[data-hit=current]")?.scrollIntoView({ block: "center" });
    }
}

async function fetchText(address: string): Promise<string> {
    let answer: Response;
    let text: string;
    try {
        answer = await fetch(address, { headers: { accept: "text/plain" } });
        text = await answer.text();
    } catch {
        throw new Problem(0);
    }
    if (!answer.ok) throw problemFrom(answer.status, text);
    return text;
}

/** Where the words stand in a text, capitals or not. */
function occurrences(text: string, words: string): Stretch[] {
    const lower = text.toLowerCase();
    // A few letters change their length in lower case; then capitals matter, but places are right.
    const [where, what] = lower.length === text.length ? [lower, words.toLowerCase()] : [text, words];
    const found: Stretch[] = [];
    let at = where.indexOf(what);
    while (at >= 0 && found.length < HITS_MAX) {
        found.push({ start: at, end: at + what.length });
        at = where.indexOf(what, at + what.length);
    }
    return found;
}

/** Characters up to an offset: those outside the basic plane are two halves here and one there. */
function counted(text: string, halves: number): number {
    return [...text.slice(0, halves)].length;
}

function inHalves(text: string, place: Evidence): Stretch {
    if (!/[\uD800-\uDBFF]/.test(text)) return { start: place.start, end: place.end };
    const characters = [...text];
    const start = characters.slice(0, place.start).join("").length;
    return { start, end: start + characters.slice(place.start, place.end).join("").length };
}

/** Without the blanks that a mouse takes along. */
function trimmed(text: string, { start, end }: Stretch): [number, number] {
    const words = text.slice(start, end);
    const from = start + (words.length - words.trimStart().length);
    return [from, end - (words.length - words.trimEnd().length)];
}

/** `discharge_summary.txt` as "discharge summary". */
function shortName(name: string): string {
    return name.replace(/\.(txt|text)$/i, "").replace(/[_-]+/g, " ");
}
