// A code is looked for by itself or by words, right where it is entered. Arrows choose, Enter takes,
// Escape closes; on a heading the right arrow shows the codes below it in place, the left one closes it.
import { call, Problem } from "./api";
import { CodeCardPane, marked } from "./codecard";
import { type Found, type FoundCode, type System, systemName } from "./desk";
import { element } from "./dom";

const SETTLE_MS = 90;
const CHARACTERS_MIN = 2;
const SHOWN = 12;
const BELOW_SHOWN = 100;
const ANSWERS_KEPT = 300;
const LIST_PIXELS_MIN = 460;
const CARD_PIXELS = 290;
const GAP_PIXELS = 4;
const HEIGHT_PIXELS_MAX = 420;
/** A press so soon after the list changed was meant for what stood there before. */
const SETTLED_MS = 250;
const DEPTH_MAX = 4;

export interface CodeSearch {
    /** The system in which a text is looked for. */
    system: (text: string) => System;
    /** The day on which the code must be in force. */
    on: string;
    /** The facility whose usual codes come first. */
    facility: string;
    choose: (found: FoundCode) => void;
    /** Enter was pressed on a whole code that the list does not have. */
    typed: (text: string) => void;
    /** The field was left with a text that was not chosen. */
    left?: (text: string) => void;
}

/** A line of the list. */
interface Item {
    found: FoundCode;
    depth: number;
    /** Whether the codes below it are shown. */
    open: boolean;
}

const answers = new Map<string, Found>();
let made = 0;

/** Makes a text field search the code sets. */
export function attachCodeSearch(input: HTMLInputElement, search: CodeSearch): void {
    new Combobox(input, search);
}

class Combobox {
    readonly #input: HTMLInputElement;
    readonly #search: CodeSearch;
    readonly #popup: HTMLElement;
    readonly #list: HTMLElement;
    readonly #status: HTMLElement;
    readonly #where: HTMLElement;
    readonly #card: CodeCardPane;
    #items: Item[] = [];
    #words: string[] = [];
    #active = -1;
    /** Whether somebody chose the active line, rather than it being the first. */
    #moved = false;
    /** The text that the shown items answer; undefined while another is being looked for. */
    #answered: string | undefined;
    #enterWaits = false;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #turn = 0;
    #changedAt = 0;
    /** What was in the field when it was entered: leaving it unchanged changes nothing. */
    #before = "";

    constructor(input: HTMLInputElement, search: CodeSearch) {
        this.#input = input;
        this.#search = search;
        const id = `codes-${++made}`;
        this.#list = element("ul", { id, role: "listbox", "aria-label": "Codes found" });
        this.#where = element("span", { role: "status" });
        this.#status = element("div", { class: "codes-status small quiet" }, this.#where);
        this.#card = new CodeCardPane(
            search.on,
            (code) => this.#lookFor(code),
            () => this.#place(),
        );
        this.#popup = element("div", { class: "codes-popup", hidden: true });
        this.#popup.append(this.#list, this.#card.root, this.#status);
        for (const [name, value] of Object.entries({
            role: "combobox",
            autocomplete: "off",
            autocapitalize: "characters",
            spellcheck: "false",
            "aria-autocomplete": "list",
            "aria-expanded": "false",
            "aria-controls": id,
        })) {
            input.setAttribute(name, value);
        }
        input.after(this.#popup);
        this.#listen();
    }

    #listen(): void {
        const input = this.#input;
        input.addEventListener("focus", () => (this.#before = input.value));
        input.addEventListener("input", () => this.#soon());
        input.addEventListener("keydown", (event) => this.#press(event));
        input.addEventListener("blur", () => this.#leave());
        // The field keeps the focus while a mouse chooses.
        this.#popup.addEventListener("pointerdown", (event) => event.preventDefault());
        this.#list.addEventListener("click", (event) => {
            const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
            if (!option || performance.now() - this.#changedAt < SETTLED_MS) return;
            const place = [...this.#list.children].indexOf(option);
            if (this.#items[place]?.found.billable === false) this.#toggle(place);
            else this.#take(this.#items[place]);
        });
        addEventListener("resize", () => this.close());
    }

    close(): void {
        clearTimeout(this.#timer);
        this.#turn += 1;
        this.#popup.hidden = true;
        this.#card.clear();
        this.#enterWaits = false;
        this.#answered = undefined;
        this.#moved = false;
        this.#input.setAttribute("aria-expanded", "false");
        this.#input.removeAttribute("aria-activedescendant");
    }

    /** Who goes on while Enter still waits for an answer means the code that stands there. */
    #takeWaiting(): void {
        const text = this.#input.value.trim();
        if (this.#enterWaits && isCode(text, this.#search.system(text))) this.#asTyped(text);
    }

    #leave(): void {
        this.#takeWaiting();
        this.close();
        const text = this.#input.value.trim();
        if (text !== this.#before.trim()) this.#search.left?.(text);
    }

    #press(event: KeyboardEvent): void {
        if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
        if (event.key !== "Enter" && event.key !== "Shift") this.#takeWaiting();
        const open = !this.#popup.hidden;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (open && this.#items.length > 0) this.#move(event.key === "ArrowDown" ? 1 : -1);
            else void this.#look();
        } else if (open && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
            if (this.#unfold(event.key === "ArrowRight")) event.preventDefault();
        } else if (event.key === "Escape" && open) {
            event.preventDefault();
            event.stopPropagation();
            this.close();
        } else if (event.key === "Enter") {
            event.preventDefault();
            if (this.#input.value.trim() === this.#before.trim() && !open) return;
            event.stopPropagation();
            this.#enter();
        }
    }

    /** Enter may come before the answer: it then takes what the answer begins with. */
    #enter(): void {
        const text = this.#input.value.trim();
        if (text.length < CHARACTERS_MIN) return;
        const item = this.#items[this.#active];
        if (this.#answered === text && item) {
            if (item.found.billable) this.#take(item);
            else this.#toggle(this.#active);
        } else if (this.#answered === text || isWhole(text, this.#search.system(text))) this.#asTyped(text);
        else {
            this.#enterWaits = true;
            void this.#look();
        }
    }

    /** Without an answer a whole code can be taken as it stands: the edits will say what it is. */
    #asTyped(text: string): void {
        if (!/^[A-Za-z0-9][A-Za-z0-9.]{2,8}$/.test(text)) return;
        this.#before = text;
        this.close();
        this.#search.typed(text);
    }

    #soon(): void {
        this.#enterWaits = false;
        this.#answered = undefined;
        this.#moved = false;
        clearTimeout(this.#timer);
        if (this.#input.value.trim().length < CHARACTERS_MIN) this.close();
        else this.#timer = setTimeout(() => void this.#look(), SETTLE_MS);
    }

    #lookFor(code: string): void {
        this.#input.value = code;
        this.#input.focus();
        void this.#look();
    }

    async #look(): Promise<void> {
        clearTimeout(this.#timer);
        const text = this.#input.value.trim();
        if (text.length < CHARACTERS_MIN) return;
        const turn = ++this.#turn;
        const system = this.#search.system(text);
        try {
            const found = await ask(this.#search, system, { q: text, limit: String(SHOWN) });
            if (turn === this.#turn) this.#show(text, found, system);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (turn === this.#turn) this.#showNothing(text, problem);
        }
        if (turn !== this.#turn || !this.#enterWaits) return;
        this.#enterWaits = false;
        this.#enter();
    }

    #show(text: string, found: Found, system: System): void {
        const kept = this.#moved ? this.#items[this.#active]?.found.code : undefined;
        this.#items = found.items.map((item) => ({ found: item, depth: 0, open: false }));
        this.#words = found.words;
        this.#answered = text;
        const edition = found.edition ?? "by form, no list is loaded";
        const nothing = found.items.length > 0 ? "" : "Nothing fits in ";
        this.#where.textContent = found.remark ?? `${nothing}${systemName(system)} ${edition}`;
        const active = this.#items.findIndex((item) => item.found.code === kept);
        this.#draw(Math.max(active, 0));
        this.#list.scrollTop = 0;
        this.#place();
    }

    #showNothing(text: string, problem: Problem): void {
        this.#items = [];
        this.#answered = text;
        this.#list.replaceChildren();
        this.#card.clear();
        const why = problem.status === 0 ? "You are offline: no list can be asked." : problem.message;
        this.#where.textContent = `${why} Enter takes a whole code as typed.`;
        this.#place();
    }

    #draw(active: number): void {
        this.#list.replaceChildren(...this.#items.map((item, place) => this.#option(item, place)));
        this.#changedAt = performance.now();
        this.#active = -1;
        if (this.#items.length > 0) this.#activate(active);
        else this.#card.clear();
    }

    #option(item: Item, place: number): HTMLElement {
        const { found, depth, open } = item;
        const wording =
            found.description === null ? ["Accepted by form"] : marked(found.description, this.#words);
        const what = element("span", { class: "codes-what" }, ...wording);
        if (found.term) {
            what.append(element("span", { class: "small quiet" }, ...marked(found.term, this.#words)));
        }
        const option = element(
            "li",
            {
                role: "option",
                id: `${this.#list.id}-${place}`,
                "aria-selected": "false",
                "data-depth": String(Math.min(depth, DEPTH_MAX)),
            },
            element("span", { class: "code" }, found.written),
            what,
        );
        const told = [found.usual ? "usual here" : "", found.billable ? "" : open ? "← close" : "→ open"];
        option.append(element("span", { class: "codes-usual" }, told.filter(Boolean).join(" · ")));
        option.classList.toggle("heading", !found.billable);
        return option;
    }

    /** In front of everything and outside every scroller, where there is room for it. */
    #place(): void {
        this.#popup.hidden = false;
        this.#input.setAttribute("aria-expanded", "true");
        const field = this.#input.getBoundingClientRect();
        const room = innerWidth - 2 * GAP_PIXELS;
        const list = Math.max(field.width, Math.min(LIST_PIXELS_MIN, room));
        // The list stays where it is when its notes arrive: they stand on the side that has room.
        const at = Math.max(GAP_PIXELS, Math.min(field.left, innerWidth - list - GAP_PIXELS));
        const notes = this.#card.isEmpty ? 0 : CARD_PIXELS;
        const onRight = notes > 0 && at + list + notes <= innerWidth - GAP_PIXELS;
        const onLeft = notes > 0 && !onRight && at - notes >= GAP_PIXELS;
        this.#popup.classList.toggle("card-right", onRight);
        this.#popup.classList.toggle("card-left", onLeft);
        const width = onRight || onLeft ? list + notes : list;
        const left = onLeft ? at - notes : at;
        const under = innerHeight - field.bottom - 2 * GAP_PIXELS;
        const above = field.top - 2 * GAP_PIXELS;
        const upwards = under < 200 && above > under;
        Object.assign(this.#popup.style, {
            left: `${left}px`,
            width: `${width}px`,
            maxHeight: `${Math.min(upwards ? above : under, HEIGHT_PIXELS_MAX)}px`,
            top: upwards ? "auto" : `${field.bottom + GAP_PIXELS}px`,
            bottom: upwards ? `${innerHeight - field.top + GAP_PIXELS}px` : "auto",
        });
    }

    #move(step: 1 | -1): void {
        const count = this.#items.length;
        this.#moved = true;
        this.#activate((this.#active + step + count) % count);
    }

    #activate(place: number): void {
        this.#list.children[this.#active]?.setAttribute("aria-selected", "false");
        this.#active = place;
        const option = this.#list.children[place];
        const item = this.#items[place];
        if (!option || !item) return;
        option.setAttribute("aria-selected", "true");
        option.scrollIntoView({ block: "nearest" });
        this.#input.setAttribute("aria-activedescendant", option.id);
        if (item.found.description === null) this.#card.clear();
        else this.#card.show(item.found);
    }

    /** The right arrow opens a heading, the left one closes it or goes up to it; whether it did. */
    #unfold(right: boolean): boolean {
        const item = this.#items[this.#active];
        const atEnd = this.#input.selectionStart === this.#input.value.length;
        if (!item || !atEnd) return false;
        if (right) {
            if (item.found.billable || item.open) return false;
            this.#toggle(this.#active);
            return true;
        }
        if (item.open) {
            this.#toggle(this.#active);
            return true;
        }
        if (item.depth === 0) return false;
        let above = this.#active;
        while (above > 0 && (this.#items[above]?.depth ?? 0) >= item.depth) above -= 1;
        this.#moved = true;
        this.#activate(above);
        return true;
    }

    #toggle(place: number): void {
        const item = this.#items[place];
        if (!item) return;
        this.#moved = true;
        if (!item.open) {
            void this.#openBelow(item);
            return;
        }
        item.open = false;
        const after = this.#items.slice(place + 1).findIndex((other) => other.depth <= item.depth);
        const count = after < 0 ? this.#items.length - place - 1 : after;
        this.#items.splice(place + 1, count);
        this.#draw(place);
    }

    async #openBelow(item: Item): Promise<void> {
        const turn = this.#turn;
        const { system, code } = item.found;
        try {
            const found = await ask(this.#search, system, { below: code, limit: String(BELOW_SHOWN) });
            const place = this.#items.indexOf(item);
            if (turn !== this.#turn || place < 0 || item.open) return;
            item.open = true;
            const below = found.items.map((one) => ({ found: one, depth: item.depth + 1, open: false }));
            this.#items.splice(place + 1, 0, ...below);
            this.#draw(below.length > 0 ? place + 1 : place);
            this.#place();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (turn === this.#turn) this.#where.textContent = problem.message;
        }
    }

    #take(item: Item | undefined): void {
        if (!item) return;
        this.#input.value = item.found.written;
        this.#before = item.found.written;
        this.close();
        this.#search.choose(item.found);
    }
}

/** Whether a text is a code to its last character, so that no answer need be waited for to take it. */
function isWhole(text: string, system: System): boolean {
    const code = text.replace(".", "");
    if (system === "icd10cm") return /^[A-Z]\d[\dA-Z]{2,5}$/i.test(code);
    if (system === "icd10pcs") return /^[\dA-HJ-NP-Z]{7}$/i.test(code);
    return /^[\dA-Z]\d{3}[\dA-Z]$/i.test(code);
}

/** Whether it may be a code: a whole one, or a category, which some codes are. */
function isCode(text: string, system: System): boolean {
    return isWhole(text, system) || (system === "icd10cm" && /^[A-Z]\d[\dA-Z]$/i.test(text));
}

async function ask(search: CodeSearch, system: System, what: Record<string, string>): Promise<Found> {
    const query = new URLSearchParams({ system, on: search.on, facility: search.facility, ...what });
    const key = query.toString();
    const known = answers.get(key);
    if (known) return known;
    const found = await call<Found>("GET", `/api/v1/codes?${key}`);
    if (answers.size >= ANSWERS_KEPT) answers.clear();
    answers.set(key, found);
    return found;
}
