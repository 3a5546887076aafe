// What the code lists say of one code: the headings above it and the notes that hold for it. The codes
// that a note names can be pressed.
import { call, Problem } from "./api";
import type { FoundCode } from "./desk";
import { element } from "./dom";

const CARDS_KEPT = 200;
/** A person looks at a hit this long before its notes are asked for. */
const LOOK_MS = 180;
const NOTES_SHOWN = 40;

interface TabularNote {
    kind: string;
    at: string;
    text: string;
}

interface CodeCard {
    code: FoundCode;
    above: FoundCode[];
    notes: TabularNote[];
}

const KINDS: Record<string, string> = {
    excludes1: "Excludes1: never together",
    excludes2: "Excludes2: not included here",
    code_first: "Code first",
    use_additional: "Use additional code",
    code_also: "Code also",
    seventh_character: "7th character",
    includes: "Includes",
    note: "Note",
};
const NAMED_CODE = /\b[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?\b/g;

const cards = new Map<string, CodeCard>();

/** The place beside a list of codes that speaks of the one at hand. */
export class CodeCardPane {
    readonly root = element("div", { class: "codes-card", "aria-live": "off" });
    readonly #on: string;
    readonly #look: (code: string) => void;
    readonly #shown: () => void;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #turn = 0;

    /** `look` is called with a code that was pressed, `shown` when there is something to read. */
    constructor(on: string, look: (code: string) => void, shown: () => void) {
        this.#on = on;
        this.#look = look;
        this.#shown = shown;
    }

    get isEmpty(): boolean {
        return this.root.childElementCount === 0;
    }

    clear(): void {
        clearTimeout(this.#timer);
        this.#turn += 1;
        this.root.replaceChildren();
    }

    /** Shows what is known of a code, soon. */
    show(found: FoundCode): void {
        clearTimeout(this.#timer);
        const turn = ++this.#turn;
        const known = cards.get(keyOf(found, this.#on));
        if (known) this.#draw(known);
        else this.#timer = setTimeout(() => void this.#fetch(found, turn), LOOK_MS);
    }

    async #fetch(found: FoundCode, turn: number): Promise<void> {
        try {
            const { system, code } = found;
            const path = `/api/v1/codes/${system}/${encodeURIComponent(code)}?on=${this.#on}`;
            const card = await call<CodeCard>("GET", path);
            if (cards.size >= CARDS_KEPT) cards.clear();
            cards.set(keyOf(found, this.#on), card);
            if (turn === this.#turn) this.#draw(card);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            // Notes are a courtesy: without them the list stands as it is.
            if (turn === this.#turn) this.root.replaceChildren();
        }
    }

    #draw(card: CodeCard): void {
        const parts: Node[] = [];
        if (card.above.length > 0) {
            const steps = card.above.map((code) =>
                element("li", {}, this.#link(code.written), ` ${code.description ?? ""}`),
            );
            parts.push(element("h4", {}, "Above it"), element("ol", {}, ...steps));
        }
        let last = "";
        for (const note of card.notes.slice(0, NOTES_SHOWN)) {
            const title = `${KINDS[note.kind] ?? note.kind} · ${note.at}`;
            if (title !== last) parts.push(element("h4", {}, title));
            last = title;
            parts.push(element("p", {}, ...this.#linked(note.text)));
        }
        this.root.replaceChildren(...parts);
        this.root.scrollTop = 0;
        this.#shown();
    }

    #linked(text: string): (Node | string)[] {
        const parts: (Node | string)[] = [];
        let end = 0;
        for (const found of text.matchAll(NAMED_CODE)) {
            parts.push(text.slice(end, found.index), this.#link(found[0]));
            end = found.index + found[0].length;
        }
        parts.push(text.slice(end));
        return parts;
    }

    #link(code: string): HTMLElement {
        const label = `Look for ${code}`;
        const attributes = { type: "button", class: "code code-link", tabindex: "-1", "aria-label": label };
        const button = element("button", attributes, code);
        button.addEventListener("click", () => this.#look(code));
        return button;
    }
}

function keyOf(found: FoundCode, on: string): string {
    return `${found.system} ${found.code} ${on}`;
}

/** A wording with the words marked that answer the query. */
export function marked(text: string, words: string[]): (Node | string)[] {
    const parts: (Node | string)[] = [];
    let end = 0;
    for (const found of text.matchAll(/[\p{L}\p{N}']+/gu)) {
        const word = found[0].toLowerCase().replaceAll("'", "");
        if (!words.some((read) => answers(word, read))) continue;
        parts.push(text.slice(end, found.index), element("mark", {}, found[0]));
        end = found.index + found[0].length;
    }
    parts.push(text.slice(end));
    return parts;
}

/** Whether a word of a wording is what was read: itself, its beginning, or another form of it. */
function answers(word: string, read: string): boolean {
    if (read.length < 2 || /^\d+$/.test(read)) return word === read;
    const stem = read.length > 6 ? read.slice(0, -2) : read;
    return word.startsWith(read) || (stem !== read && word.startsWith(stem));
}
