// Words looked for in all texts of a chart, and the places where they stand.
import { Problem } from "./api";
import type { Stretch } from "./reading-text";

const HITS_MAX = 2_000;
const QUERY_CHARACTERS_MIN = 2;
const SETTLE_MS = 150;

export interface Hit extends Stretch {
    document: number;
}

export interface SearchHost {
    /** The texts by their places in the list; undefined for page images, which have none. */
    texts: () => (() => Promise<string>)[];
    /** Where the reader is now. */
    shown: () => number;
    /** Other places were found, or another one is at hand. */
    found: () => void;
    /** Back to reading. */
    left: () => void;
    failed: (problem: Problem) => void;
}

export class Search {
    readonly #host: SearchHost;
    readonly #query: HTMLInputElement;
    readonly #count: HTMLElement;
    readonly #steps: HTMLElement[];
    #hits: Hit[] = [];
    #at = -1;
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(query: HTMLInputElement, count: HTMLElement, steps: HTMLElement[], host: SearchHost) {
        this.#host = host;
        this.#query = query;
        this.#count = count;
        this.#steps = steps;
        query.addEventListener("input", () => {
            clearTimeout(this.#timer);
            this.#timer = setTimeout(() => void this.#look(), SETTLE_MS);
        });
        query.addEventListener("keydown", (event) => this.#press(event));
        steps.forEach((button, at) => {
            button.addEventListener("click", () => this.#step(at === 0 ? -1 : 1));
        });
    }

    get hits(): Hit[] {
        return this.#hits;
    }

    /** The place at hand. */
    get hit(): Hit | undefined {
        return this.#hits[this.#at];
    }

    /** Whether one may search. */
    enable(on: boolean): void {
        this.#query.disabled = !on;
    }

    clear(): void {
        this.#hits = [];
        this.#at = -1;
        this.#showCount(false);
    }

    #press(event: KeyboardEvent): void {
        if (event.isComposing) return;
        if (event.key === "Enter") {
            event.preventDefault();
            this.#step(event.shiftKey ? -1 : 1);
        } else if (event.key === "Escape") {
            event.preventDefault();
            this.#host.left();
        }
    }

    async #look(): Promise<void> {
        const words = this.#query.value.trim();
        const asked = words.length >= QUERY_CHARACTERS_MIN;
        const hits: Hit[] = [];
        if (asked) this.#count.textContent = "…";
        for (const [at, read] of asked ? this.#host.texts().entries() : []) {
            try {
                hits.push(...occurrences(await read(), words).map((hit) => ({ ...hit, document: at })));
            } catch (problem) {
                if (!(problem instanceof Problem)) throw problem;
                this.#host.failed(problem);
                break;
            }
            if (hits.length >= HITS_MAX) break;
        }
        if (words !== this.#query.value.trim()) return; // More was typed meanwhile.
        this.#hits = hits;
        const here = hits.findIndex((hit) => hit.document >= this.#host.shown());
        this.#at = hits.length === 0 ? -1 : Math.max(here, 0);
        this.#showCount(asked);
        this.#host.found();
    }

    #showCount(asked: boolean): void {
        const found = this.#hits.length;
        for (const button of this.#steps) button.hidden = found < 2;
        this.#count.textContent = !asked ? "" : found === 0 ? "not found" : `${this.#at + 1} of ${found}`;
    }

    #step(step: 1 | -1): void {
        const count = this.#hits.length;
        if (count === 0) return;
        this.#at = (this.#at + step + count) % count;
        this.#showCount(true);
        this.#host.found();
    }
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
