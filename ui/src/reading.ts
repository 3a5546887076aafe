// The documents of a chart: tabs, texts and page images, search through all texts, and the places that
// support lines. How each document lies (where, how large, how turned) is remembered while it is open.
import { Problem, problemFrom } from "./api";
import { type DocumentInfo, type Evidence, isBox, type WordsPlace } from "./desk";
import { isTyping } from "./dom";
import { type Quarter, turned } from "./page-turn";
import { Caret } from "./reading-caret";
import { type BoxMark, PageView } from "./reading-pages";
import { Search } from "./reading-search";
import { Tabs } from "./reading-tabs";
import { TextView, type WordsMark } from "./reading-text";

const ZOOMS = [0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5];

/** A line's evidence, as it is shown in its document. */
export interface Mark {
    place: Evidence;
    /** The code it supports. */
    label: string;
    /** Whether its line is the one at hand. */
    current: boolean;
}

export interface ReadingHost {
    /** Where a document's text is; its pages are below. */
    address: (id: string) => string;
    marks: () => Mark[];
    /** Marks were clicked; several lines may share a place. */
    picked: (places: Evidence[]) => void;
    /** The place that was marked by the keyboard is to be kept. */
    keep: () => void;
    failed: (problem: Problem) => void;
}

/** How a document was left. */
interface Left {
    top: number;
    left: number;
    zoom: number;
    quarter: Quarter;
    page: number;
}

export class Reading {
    readonly #host: ReadingHost;
    readonly #scope: ParentNode;
    readonly #tabs: Tabs;
    readonly #pane: HTMLElement;
    readonly #sheet: HTMLElement;
    readonly #hint: HTMLElement;
    readonly #words: TextView;
    readonly #pages: PageView;
    readonly #caret: Caret;
    readonly #search: Search;
    #documents: DocumentInfo[] = [];
    /** Texts by document, once they were read. */
    readonly #texts = new Map<string, string>();
    readonly #lies = new Map<string, Left>();
    #shown = -1;
    #turn = 0;

    constructor(scope: ParentNode, host: ReadingHost) {
        const part = <E extends HTMLElement>(name: string): E => {
            const found = scope.querySelector<E>(`[data-reading=${name}]`);
            if (!found) throw new Error(`the page has no place for ${name}`);
            return found;
        };
        this.#host = host;
        this.#scope = scope;
        this.#tabs = new Tabs(part("tabs"), {
            show: (at, stay) =>
                void this.show(at).then(() => stay || this.#pane.focus({ preventScroll: true })),
        });
        this.#pane = part("pane");
        this.#sheet = part("sheet");
        this.#hint = part("hint");
        this.#words = new TextView(part("text"));
        const marking = { keep: () => host.keep(), changed: () => this.#showHint() };
        this.#caret = new Caret(this.#words, this.#pane, marking);
        this.#pages = new PageView(this.#sheet, this.#pane, {
            address: (id, page) => `${host.address(id)}/pages/${page}`,
            picked: (places) => host.picked(places),
            ...marking,
        });
        const steps = [part("previous"), part("next")];
        this.#search = new Search(part<HTMLInputElement>("query"), part("count"), steps, {
            texts: () => this.#documents.filter(isText).map((one) => () => this.#read(one)),
            shown: () => this.#documents.slice(0, this.#shown).filter(isText).length,
            found: () => void this.#goToHit(),
            left: () => this.#pane.focus({ preventScroll: true }),
            failed: (problem) => host.failed(problem),
        });
        this.#words.element.addEventListener("click", (event) => this.#pick(event));
        this.#pane.addEventListener("keydown", (event) => this.#turnPageAtEdge(event));
        this.#pane.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
        this.#listen();
    }

    /** Shows the documents of a chart, the first one open. */
    async open(documents: DocumentInfo[]): Promise<void> {
        this.#documents = documents;
        this.#search.enable(documents.some(isText));
        this.#tabs.draw(documents);
        if (documents.length > 0) await this.show(0);
        else this.#say("This chart has no documents.");
    }

    /** Forgets every text and page: the chart is no longer this person's to read. */
    close(): void {
        this.#turn += 1;
        this.#shown = -1;
        this.#texts.clear();
        this.#lies.clear();
        this.#documents = [];
        this.#tabs.close();
        this.#caret.forget();
        this.#pages.close();
        this.#say("Closed: the chart is no longer on your desk.");
        this.#search.enable(false);
        this.#search.clear();
        this.#showTools();
    }

    /** The number of a document in the tabs, from 1; 0 for one that is not there. */
    numberOf(id: string): number {
        return this.#documents.findIndex((document) => document.id === id) + 1;
    }

    async show(at: number, page?: number): Promise<void> {
        const document = this.#documents[at];
        if (!document) return;
        const turn = ++this.#turn;
        this.#leave();
        this.#shown = at;
        this.#caret.forget();
        this.#tabs.choose(at);
        const lie = this.#lie(document.id);
        if (page !== undefined && page !== lie.page) Object.assign(lie, { page, top: 0 });
        try {
            const done = isText(document) ? await this.#showText(document, turn) : await this.#showPage(document, lie);
            if (!done || turn !== this.#turn) return;
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (turn === this.#turn) this.#say(`${document.name}: ${problem.message}`);
            this.#host.failed(problem);
            return;
        } finally {
            if (turn === this.#turn) this.#showTools();
        }
        this.#lay();
        this.draw();
        [this.#pane.scrollTop, this.#pane.scrollLeft] = [lie.top, lie.left];
    }

    /** What is marked: a selection in the text, a box on the page, or else the search's hit at hand. */
    selection(): Evidence | undefined {
        const document = this.#documents[this.#shown];
        if (!document) return undefined;
        if (!isText(document)) return this.#pages.draft;
        const stretch = this.#words.selected() ?? (this.#caret.on ? undefined : this.#hitHere());
        return stretch && this.#words.place(document.id, stretch);
    }

    /** What was marked is kept: the marking is over. */
    marked(): void {
        this.#caret.leave();
        getSelection()?.removeAllRanges();
        this.#pages.dropDraft();
    }

    /** Begins to mark a place by the keyboard. */
    startMarking(): void {
        const document = this.#documents[this.#shown];
        if (!document) return;
        if (isText(document)) this.#caret.start(undefined);
        else this.#pages.startBox();
    }

    /** Brings a place into sight. */
    async reveal(place: Evidence): Promise<void> {
        const at = this.numberOf(place.document_id) - 1;
        if (at < 0) return;
        const elsewhere = at !== this.#shown || (isBox(place) && place.page !== this.#pages.page);
        if (elsewhere) await this.show(at, isBox(place) ? place.page : undefined);
        this.draw();
        if (isBox(place)) this.#pages.reveal(place);
        else this.#words.markAt(place)?.scrollIntoView({ block: "center" });
    }

    /** Draws the marks of the document that is shown, if they have changed. */
    draw(): void {
        const document = this.#documents[this.#shown];
        if (!document) return;
        const marks = this.#host.marks().filter(({ place }) => place.document_id === document.id);
        if (isText(document)) {
            const hits = this.#search.hits.filter((hit) => hit.document === this.#textNumber());
            const words = marks.filter((mark): mark is WordsMark => !isBox(mark.place));
            this.#words.paint(words, hits, this.#search.hit);
        } else this.#pages.paint(marks.filter((mark): mark is BoxMark => isBox(mark.place)));
    }

    // ── showing ─────────────────────────────────────────────────────────────────────────────────

    async #showText(document: DocumentInfo, turn: number): Promise<boolean> {
        this.#showKind(true);
        if (!this.#texts.has(document.id)) this.#words.say("Opening …");
        const text = await this.#read(document);
        if (turn !== this.#turn) return false;
        this.#words.show(text);
        return true;
    }

    async #showPage(document: DocumentInfo, lie: Left): Promise<boolean> {
        this.#showKind(false);
        this.#sheet.setAttribute("aria-busy", "true");
        const shown = await this.#pages.show(document.id, lie.page, document.name);
        if (shown) this.#sheet.removeAttribute("aria-busy");
        return shown;
    }

    #showKind(text: boolean): void {
        this.#words.element.hidden = !text;
        this.#sheet.hidden = text;
    }

    #say(words: string): void {
        this.#showKind(true);
        this.#words.say(words);
    }

    async #read(document: DocumentInfo): Promise<string> {
        const known = this.#texts.get(document.id);
        if (known !== undefined) return known;
        const text = await fetchText(this.#host.address(document.id));
        this.#texts.set(document.id, text);
        return text;
    }

    // ── how it lies ─────────────────────────────────────────────────────────────────────────────

    #lie(id: string): Left {
        const known = this.#lies.get(id);
        if (known) return known;
        const made: Left = { top: 0, left: 0, zoom: 1, quarter: 0, page: 1 };
        this.#lies.set(id, made);
        return made;
    }

    #leave(): void {
        const document = this.#documents[this.#shown];
        if (!document) return;
        const { scrollTop: top, scrollLeft: left } = this.#pane;
        Object.assign(this.#lie(document.id), { top, left });
    }

    #lay(): void {
        const document = this.#documents[this.#shown];
        if (!document) return;
        const { zoom, quarter } = this.#lie(document.id);
        this.#words.element.style.setProperty("--zoom", String(zoom));
        if (!isText(document)) this.#pages.lay({ zoom, quarter });
        const shown = this.#scope.querySelector<HTMLElement>("[data-reading=zoom]");
        if (shown) shown.textContent = `${Math.round(zoom * 100)} %`;
    }

    #zoom(step: -1 | 0 | 1): void {
        const document = this.#documents[this.#shown];
        if (!document) return;
        const lie = this.#lie(document.id);
        const at = ZOOMS.findIndex((zoom) => zoom >= lie.zoom);
        const middle = this.#middle();
        lie.zoom = step === 0 ? 1 : (ZOOMS[Math.min(Math.max(at + step, 0), ZOOMS.length - 1)] ?? 1);
        this.#lay();
        this.#goToMiddle(middle);
        this.#caret.leave();
    }

    /** What is in the middle of the pane, as shares of what is shown: it stays there. */
    #middle(): [number, number] {
        const { scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight } = this.#pane;
        return [(scrollLeft + clientWidth / 2) / scrollWidth, (scrollTop + clientHeight / 2) / scrollHeight];
    }

    #goToMiddle([across, down]: [number, number]): void {
        const { clientWidth, clientHeight, scrollWidth, scrollHeight } = this.#pane;
        this.#pane.scrollLeft = across * scrollWidth - clientWidth / 2;
        this.#pane.scrollTop = down * scrollHeight - clientHeight / 2;
    }

    #rotate(): void {
        const document = this.#documents[this.#shown];
        if (!document || isText(document)) return;
        const lie = this.#lie(document.id);
        lie.quarter = turned(lie.quarter);
        this.#lay();
        [this.#pane.scrollTop, this.#pane.scrollLeft] = [0, 0];
    }

    async #stepPage(step: 1 | -1, fromEnd = false): Promise<void> {
        const document = this.#documents[this.#shown];
        if (!document?.pages) return;
        const page = this.#lie(document.id).page + step;
        if (page < 1 || page > document.pages) return;
        await this.show(this.#shown, page);
        if (fromEnd) this.#pane.scrollTop = this.#pane.scrollHeight;
    }

    /** Which tools there are depends on what is shown. */
    #showTools(): void {
        const document = this.#documents[this.#shown];
        const pages = document?.pages ?? null;
        for (const tool of this.#scope.querySelectorAll<HTMLElement>("[data-for]")) {
            tool.hidden = document === undefined || (tool.dataset.for === "pages") !== (pages !== null);
        }
        const number = this.#scope.querySelector<HTMLElement>("[data-reading=page]");
        if (number && document && pages !== null) {
            number.textContent = `${this.#lie(document.id).page} of ${pages}`;
        }
        const page = document ? this.#lie(document.id).page : 1;
        const enable = (act: string, on: boolean) => {
            const button = this.#scope.querySelector<HTMLButtonElement>(`[data-read="${act}"]`);
            if (button) button.disabled = !on;
        };
        enable("page-back", page > 1);
        enable("page-on", page < (pages ?? 1));
        this.#showHint();
    }

    #showHint(): void {
        const box = this.#pages.draft !== undefined;
        this.#hint.hidden = !this.#caret.on && !box;
        if (this.#hint.hidden) return;
        const selected = this.#words.selected();
        const words = selected ? this.#words.text.slice(selected.start, selected.end).trim().split(/\s+/).length : 0;
        const said = box
            ? "Arrows move the box, Shift sizes it, Ctrl finely"
            : words > 0
              ? `${words} word${words === 1 ? "" : "s"} selected`
              : "Arrows move, Shift selects, Ctrl by words";
        this.#hint.textContent = `${said}. Enter keeps, Esc leaves.`;
    }

    // ── keys and mouse ──────────────────────────────────────────────────────────────────────────

    #listen(): void {
        const acts: Record<string, () => void> = {
            "document-back": () => void this.show(this.#shown - 1),
            "document-on": () => void this.show(this.#shown + 1),
            "page-back": () => void this.#stepPage(-1),
            "page-on": () => void this.#stepPage(1),
            larger: () => this.#zoom(1),
            smaller: () => this.#zoom(-1),
            fit: () => this.#zoom(0),
            rotate: () => this.#rotate(),
        };
        for (const button of this.#scope.querySelectorAll<HTMLElement>("[data-read]")) {
            button.addEventListener("click", () => acts[button.dataset.read ?? ""]?.());
        }
        // Where + needs Shift, its key without Shift does as well.
        document.addEventListener("keydown", (event) => {
            const bare = event.key === "=" && !event.ctrlKey && !event.metaKey && !event.altKey;
            if (bare && !isTyping(event.target)) this.#zoom(1);
        });
    }

    /** Page Down at the end of a page goes on to the next, and back. */
    #turnPageAtEdge(event: KeyboardEvent): void {
        if (event.defaultPrevented || (event.key !== "PageDown" && event.key !== "PageUp")) return;
        const { scrollTop, clientHeight, scrollHeight } = this.#pane;
        const forward = event.key === "PageDown";
        const atEdge = forward ? scrollTop + clientHeight >= scrollHeight - 2 : scrollTop <= 1;
        if (atEdge) void this.#stepPage(forward ? 1 : -1, !forward);
    }

    #wheel(event: WheelEvent): void {
        if (!event.ctrlKey || event.deltaY === 0) return;
        event.preventDefault();
        this.#zoom(event.deltaY < 0 ? 1 : -1);
    }

    #pick(event: MouseEvent): void {
        if (!(event.target instanceof Element) || !getSelection()?.isCollapsed) return;
        const mark = event.target.closest<HTMLElement>("mark.evidence");
        if (!mark) return;
        const at = this.#words.offsetOf(mark, 0);
        const isUnder = (place: WordsPlace) => {
            const { start, end } = this.#words.stretchOf(place);
            return start <= at && at < end;
        };
        const shown = this.#documents[this.#shown]?.id;
        const places = this.#host.marks().map(({ place }) => place);
        const words = places.filter((place): place is WordsPlace => !isBox(place) && place.document_id === shown);
        const under = words.filter(isUnder);
        if (under.length > 0) this.#host.picked(under);
    }

    // ── search ──────────────────────────────────────────────────────────────────────────────────

    /** Hits count texts only, page images left out. */
    #textNumber(): number {
        return this.#documents.slice(0, this.#shown).filter(isText).length;
    }

    #hitHere() {
        const hit = this.#search.hit;
        return hit?.document === this.#textNumber() ? hit : undefined;
    }

    async #goToHit(): Promise<void> {
        const texts = this.#documents.flatMap((document, at) => (isText(document) ? [at] : []));
        const counts = this.#documents.map((_, at) => {
            const number = texts.indexOf(at);
            return this.#search.hits.filter((hit) => hit.document === number).length;
        });
        this.#tabs.count(counts);
        const to = texts[this.#search.hit?.document ?? -1];
        if (to !== undefined && to !== this.#shown) await this.show(to);
        this.draw();
        this.#words.element.querySelector("[data-hit=current]")?.scrollIntoView({ block: "center" });
    }
}

function isText(document: DocumentInfo): boolean {
    return document.pages === null;
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
