// A code is looked for by itself or by words, right where it is entered. Arrows choose, Enter takes,
// Escape closes; choosing a heading shows the codes below it.
import { call, Problem } from "./api";
import { type Found, type FoundCode, type System, systemName } from "./desk";
import { element } from "./dom";

const SETTLE_MS = 110;
const CHARACTERS_MIN = 2;
const SHOWN = 12;
const BELOW_SHOWN = 60;
const ANSWERS_KEPT = 300;
const POPUP_PIXELS_MIN = 460;
const GAP_PIXELS = 4;

export interface CodeSearch {
    /** The system in which a text is looked for. */
    system: (text: string) => System;
    /** The day on which the code must be in force. */
    on: () => string;
    choose: (found: FoundCode) => void;
    /** Enter was pressed on a whole code that the list does not have. */
    typed: (text: string) => void;
    /** The field was left with a text that was not chosen. */
    left?: (text: string) => void;
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
    #items: FoundCode[] = [];
    #active = -1;
    /** The text that the shown items answer; undefined while another is being looked for. */
    #answered: string | undefined;
    #enterWaits = false;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #turn = 0;
    /** What was in the field when it was entered: leaving it unchanged changes nothing. */
    #before = "";

    constructor(input: HTMLInputElement, search: CodeSearch) {
        this.#input = input;
        this.#search = search;
        const id = `codes-${++made}`;
        this.#list = element("ul", { id, role: "listbox", "aria-label": "Codes found" });
        this.#status = element("div", { class: "codes-status small quiet", role: "status" });
        this.#popup = element("div", { class: "codes-popup", hidden: true }, this.#list, this.#status);
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
            if (option) this.#take(this.#items[[...this.#list.children].indexOf(option)]);
        });
        addEventListener("resize", () => this.close());
    }

    close(): void {
        clearTimeout(this.#timer);
        this.#turn += 1;
        this.#popup.hidden = true;
        this.#enterWaits = false;
        this.#answered = undefined;
        this.#input.setAttribute("aria-expanded", "false");
        this.#input.removeAttribute("aria-activedescendant");
    }

    #leave(): void {
        this.close();
        const text = this.#input.value.trim();
        if (text !== this.#before.trim()) this.#search.left?.(text);
    }

    #press(event: KeyboardEvent): void {
        if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
        const open = !this.#popup.hidden;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (open && this.#items.length > 0) this.#move(event.key === "ArrowDown" ? 1 : -1);
            else void this.#look();
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
        if (this.#answered === text && this.#items.length > 0) this.#take(this.#items[this.#active]);
        else if (this.#answered === text) this.#asTyped(text);
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
        clearTimeout(this.#timer);
        if (this.#input.value.trim().length < CHARACTERS_MIN) this.close();
        else this.#timer = setTimeout(() => void this.#look(), SETTLE_MS);
    }

    async #look(below?: FoundCode): Promise<void> {
        clearTimeout(this.#timer);
        const text = this.#input.value.trim();
        if (text.length < CHARACTERS_MIN) return;
        const turn = ++this.#turn;
        const system = this.#search.system(text);
        try {
            const found = await ask(system, this.#search.on(), text, below);
            if (turn === this.#turn) this.#show(text, found, system, below);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (turn === this.#turn) this.#showNothing(text, problem.message);
        }
        if (turn !== this.#turn || !this.#enterWaits) return;
        this.#enterWaits = false;
        this.#enter();
    }

    #show(text: string, found: Found, system: System, below?: FoundCode): void {
        this.#items = found.items;
        this.#answered = text;
        this.#list.replaceChildren(...found.items.map((item, place) => this.#option(item, place)));
        const edition = found.edition ?? "by form, no list is loaded";
        const nothing = found.items.length > 0 ? "" : "Nothing fits in ";
        const under = below ? `Below ${below.written} · ` : "";
        const where = `${under}${nothing}${systemName(system)} ${edition}`;
        this.#status.textContent = found.remark ?? where;
        this.#open();
        this.#active = -1;
        if (found.items.length > 0) this.#move(1);
    }

    #showNothing(text: string, why: string): void {
        this.#items = [];
        this.#answered = text;
        this.#list.replaceChildren();
        this.#status.textContent = `${why} Enter takes a whole code as typed.`;
        this.#open();
    }

    #option(item: FoundCode, place: number): HTMLElement {
        const what = element("span", { class: "codes-what" }, item.description ?? "Accepted by form");
        if (item.term) what.append(element("span", { class: "small quiet" }, item.term));
        const code = element("span", { class: "code" }, item.written);
        const option = element(
            "li",
            { role: "option", id: `${this.#list.id}-${place}`, "aria-selected": "false" },
            code,
            what,
        );
        if (!item.billable) {
            option.classList.add("heading");
            option.append(element("span", { class: "small quiet nowrap" }, "codes below ›"));
        }
        return option;
    }

    /** In front of everything and outside every scroller, where there is room for it. */
    #open(): void {
        this.#popup.hidden = false;
        this.#input.setAttribute("aria-expanded", "true");
        const field = this.#input.getBoundingClientRect();
        const width = Math.max(field.width, Math.min(POPUP_PIXELS_MIN, innerWidth - 2 * GAP_PIXELS));
        const left = Math.max(GAP_PIXELS, Math.min(field.left, innerWidth - width - GAP_PIXELS));
        const under = innerHeight - field.bottom - 2 * GAP_PIXELS;
        const above = field.top - 2 * GAP_PIXELS;
        const upwards = under < 200 && above > under;
        Object.assign(this.#popup.style, {
            left: `${left}px`,
            width: `${width}px`,
            maxHeight: `${Math.min(upwards ? above : under, 420)}px`,
            top: upwards ? "auto" : `${field.bottom + GAP_PIXELS}px`,
            bottom: upwards ? `${innerHeight - field.top + GAP_PIXELS}px` : "auto",
        });
    }

    #move(step: 1 | -1): void {
        const count = this.#items.length;
        this.#list.children[this.#active]?.setAttribute("aria-selected", "false");
        this.#active = (this.#active + step + count) % count;
        const option = this.#list.children[this.#active];
        if (!option) return;
        option.setAttribute("aria-selected", "true");
        option.scrollIntoView({ block: "nearest" });
        this.#input.setAttribute("aria-activedescendant", option.id);
    }

    #take(item: FoundCode | undefined): void {
        if (!item) return;
        if (!item.billable) {
            this.#input.value = item.written;
            void this.#look(item);
            return;
        }
        this.#input.value = item.written;
        this.#before = item.written;
        this.close();
        this.#search.choose(item);
    }
}

async function ask(system: System, on: string, text: string, below?: FoundCode): Promise<Found> {
    const query = new URLSearchParams({ system, on, limit: String(below ? BELOW_SHOWN : SHOWN) });
    if (below) query.set("below", below.code);
    else query.set("q", text);
    const key = query.toString();
    const known = answers.get(key);
    if (known) return known;
    const found = await call<Found>("GET", `/api/v1/codes?${key}`);
    if (answers.size >= ANSWERS_KEPT) answers.clear();
    answers.set(key, found);
    return found;
}
