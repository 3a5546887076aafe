// A text with the places marked that support lines, and those that were searched for. A long text is
// drawn in parts, so that a mark redraws a few lines and what is out of sight costs nothing.
import type { WordsPlace } from "./desk";
import { element } from "./dom";
import type { Mark } from "./reading";

/** A part ends at the first line end after this many characters. */
const PART_CHARACTERS = 4_000;
/** Lines that are not longer were broken by whoever wrote them, and are to stay whole. */
const WRITTEN_CHARACTERS_MAX = 100;
/** How much smaller letters may be for that: a few lines may break anew. */
const FIT_MIN = 0.82;
/** Lines that would need still smaller ones were not written for a page like this. */
const FIT_TRIED_MIN = 0.72;
/** Lines that are measured: the longest. */
const MEASURED_LINES_MAX = 20;

/** A stretch of a text in JavaScript's own offsets. */
export interface Stretch {
    start: number;
    end: number;
}

/** A mark on words. */
export interface WordsMark extends Mark {
    place: WordsPlace;
}

interface Part extends Stretch {
    element: HTMLElement;
    drawn: string;
}

interface Marked extends Stretch {
    mark: WordsMark;
}

export class TextView {
    readonly #root: HTMLElement;
    #text = "";
    #parts: Part[] = [];
    /** Where a place is in this text: counting is slow where letters are not of the basic plane. */
    #halves = new WeakMap<WordsPlace, Stretch>();

    constructor(root: HTMLElement) {
        this.#root = root;
        new ResizeObserver(() => this.#fit()).observe(root);
    }

    get text(): string {
        return this.#text;
    }

    get element(): HTMLElement {
        return this.#root;
    }

    /** Shows words that are no document. */
    say(words: string): void {
        this.#text = "";
        this.#parts = [];
        this.#root.textContent = words;
    }

    show(text: string): void {
        this.#text = text;
        this.#halves = new WeakMap();
        this.#parts = [];
        let start = 0;
        while (start < text.length) {
            const newline = text.indexOf("\n", start + PART_CHARACTERS);
            const end = newline < 0 ? text.length : newline + 1;
            const part = element("div", { class: "document-part" }, text.slice(start, end));
            this.#parts.push({ start, end, element: part, drawn: "" });
            start = end;
        }
        this.#root.replaceChildren(...this.#parts.map((part) => part.element));
        this.#fit();
    }

    /** Letters as large as lets the written lines stay whole, where that needs little. */
    #fit(): void {
        const lines = this.#text.split("\n").sort((a, b) => b.length - a.length);
        const written = (lines[0]?.length ?? 0) <= WRITTEN_CHARACTERS_MAX;
        const fit = written ? this.#ratio(lines.slice(0, MEASURED_LINES_MAX)) : 1;
        const shown = fit < FIT_TRIED_MIN ? 1 : Math.min(Math.max(fit, FIT_MIN), 1);
        this.#root.style.setProperty("--fit", String(shown));
    }

    /** The room for these lines over the width of the widest, in letters of their usual size. */
    #ratio(lines: string[]): number {
        const style = getComputedStyle(this.#root);
        const pen = document.createElement("canvas").getContext("2d");
        const room = this.#root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        if (!pen || room <= 0) return 1;
        const [zoom, fit] = ["--zoom", "--fit"].map((name) => Number(style.getPropertyValue(name)) || 1);
        const usual = parseFloat(style.fontSize) / ((zoom ?? 1) * (fit ?? 1));
        pen.font = `${usual}px ${style.fontFamily}`;
        // A little air: widths are rounded line by line.
        const width = Math.max(...lines.map((line) => pen.measureText(line).width));
        return room / (width * 1.01 + 1);
    }

    /** Draws the parts whose marks have changed. */
    paint(marks: WordsMark[], hits: Stretch[], atHand: Stretch | undefined): void {
        const marked = marks.map((mark) => ({ mark, ...this.stretchOf(mark.place) }));
        for (const part of this.#parts) {
            const touches = ({ start, end }: Stretch) => start < part.end && end > part.start;
            const [own, found] = [marked.filter(touches), hits.filter(touches)];
            const drawn =
                own.length + found.length === 0
                    ? ""
                    : JSON.stringify([own, found, atHand && touches(atHand) ? atHand : null]);
            if (drawn === part.drawn) continue;
            part.drawn = drawn;
            part.element.replaceChildren(...this.#pieces(part, own, found, atHand));
        }
    }

    /** The element in which a place begins. */
    markAt(place: WordsPlace): HTMLElement | undefined {
        const marks = this.#root.querySelectorAll<HTMLElement>("mark[data-start]");
        return [...marks].find((one) => Number(one.dataset.start) === place.start);
    }

    /** What is selected. */
    selected(): Stretch | undefined {
        const selection = getSelection();
        if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
        const range = selection.getRangeAt(0);
        if (!this.#root.contains(range.commonAncestorContainer)) return undefined;
        const start = this.offsetOf(range.startContainer, range.startOffset);
        return { start, end: start + range.toString().length };
    }

    /** How many halves of characters stand before a point. */
    offsetOf(node: Node, offset: number): number {
        const before = document.createRange();
        before.setStart(this.#root, 0);
        before.setEnd(node, offset);
        return before.toString().length;
    }

    /** The point before so many halves of characters. */
    pointAt(offset: number): [Node, number] | undefined {
        const part = this.#parts.find(({ end }) => offset < end) ?? this.#parts.at(-1);
        if (!part) return undefined;
        let left = offset - part.start;
        const walker = document.createTreeWalker(part.element, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const length = node.nodeValue?.length ?? 0;
            if (left <= length) return [node, left];
            left -= length;
        }
        return undefined;
    }

    /** A stretch as the server counts it, without the blanks that a mouse takes along. */
    place(documentId: string, stretch: Stretch): WordsPlace | undefined {
        const [start, end] = trimmed(this.#text, stretch);
        if (start >= end) return undefined;
        const of = (halves: number) => [...this.#text.slice(0, halves)].length;
        return { document_id: documentId, start: of(start), end: of(end) };
    }

    stretchOf(place: WordsPlace): Stretch {
        const known = this.#halves.get(place);
        if (known) return known;
        const made = inHalves(this.#text, place);
        this.#halves.set(place, made);
        return made;
    }

    #pieces(part: Stretch, marked: Marked[], hits: Stretch[], atHand: Stretch | undefined): (Node | string)[] {
        const cuts = new Set([part.start, part.end]);
        for (const { start, end } of [...marked, ...hits]) cuts.add(start).add(end);
        const within = (cut: number) => cut >= part.start && cut <= part.end;
        const edges = [...cuts].filter(within).sort((a, b) => a - b);
        const pieces: (Node | string)[] = [];
        edges.forEach((start, at) => {
            const end = edges[at + 1];
            if (end === undefined) return;
            const covers = (one: Stretch) => one.start <= start && end <= one.end;
            const words = this.#text.slice(start, end);
            const around = marked.filter(covers);
            const hit = hits.find(covers);
            if (around.length === 0 && !hit) {
                pieces.push(words);
                return;
            }
            const piece = element("mark", hit ? { class: "hit" } : {}, words);
            if (hit && hit === atHand) piece.dataset.hit = "current";
            if (around.length > 0) markEvidence(piece, { start, end }, around);
            pieces.push(piece);
        });
        return pieces;
    }
}

function markEvidence(piece: HTMLElement, { start, end }: Stretch, around: Marked[]): void {
    piece.classList.add("evidence");
    piece.title = around.map(({ mark }) => mark.label).join(", ");
    if (around.some(({ mark }) => mark.current)) piece.setAttribute("aria-current", "true");
    const begins = around.find((one) => one.start === start);
    if (begins) piece.dataset.start = String(begins.mark.place.start);
    const ending = around.filter((one) => one.end === end);
    if (ending.length > 0) piece.dataset.label = ending.map(({ mark }) => mark.label).join(" ");
}

/** Characters outside the basic plane are two halves here and one at the server. */
function inHalves(text: string, place: WordsPlace): Stretch {
    if (!/[\uD800-\uDBFF]/.test(text)) return { start: place.start, end: place.end };
    const characters = [...text];
    const start = characters.slice(0, place.start).join("").length;
    return { start, end: start + characters.slice(place.start, place.end).join("").length };
}

function trimmed(text: string, { start, end }: Stretch): [number, number] {
    const words = text.slice(start, end);
    const from = start + (words.length - words.trimStart().length);
    return [from, end - (words.length - words.trimEnd().length)];
}
