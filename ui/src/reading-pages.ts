// A page image with the places on it that support lines, and a box being drawn for the next one. A page
// is fetched when it is looked at and no sooner: each one that the server gives is written down there.
import { Problem, problemFrom } from "./api";
import type { BoxPlace } from "./desk";
import { element } from "./dom";
import { type Quarter, pointOnPage, directionOnPage } from "./page-turn";
import type { Mark } from "./reading";

/** Pages held in memory, each about 17 MB. */
const PAGES_MAX = 8;
/** A page's sides are divided into so many parts. */
const PARTS = 1_000;
/** What an arrow moves a box by, and with Ctrl. */
const STEP_PARTS = 10;
const FINE_STEP_PARTS = 2;
/** A pointer that moves less than this was a click. */
const CLICK_PIXELS = 5;
/** A box that is made by the keyboard. */
const NEW_BOX = { width: 500, height: 40 };

/** A mark on a page. */
export interface BoxMark extends Mark {
    place: BoxPlace;
}

export interface PageHost {
    /** Where a page is. */
    address: (document: string, page: number) => string;
    /** The places under a click, the front one first. */
    picked: (places: BoxPlace[]) => void;
    keep: () => void;
    /** A box is being drawn, or no longer. */
    changed: () => void;
}

/** How a page lies in the pane. */
export interface Lie {
    /** 1: as wide as the pane. */
    zoom: number;
    quarter: Quarter;
}

export class PageView {
    readonly #sheet: HTMLElement;
    readonly #pane: HTMLElement;
    readonly #host: PageHost;
    readonly #turn = element("div", { class: "page-turn" });
    readonly #canvas = element("canvas", { role: "img" });
    readonly #boxes = element("div", { class: "page-boxes" });
    readonly #pages = new Map<string, ImageBitmap>();
    /** The page that is shown. */
    #image: ImageBitmap | undefined;
    #document = "";
    #page = 0;
    #marks: BoxMark[] = [];
    #lie: Lie = { zoom: 1, quarter: 0 };
    /** The box being drawn. */
    #draft: BoxPlace | undefined;
    #spaceHeld = false;

    constructor(sheet: HTMLElement, pane: HTMLElement, host: PageHost) {
        this.#sheet = sheet;
        this.#pane = pane;
        this.#host = host;
        this.#turn.append(this.#canvas, this.#boxes);
        sheet.append(this.#turn);
        new ResizeObserver(() => this.lay(this.#lie)).observe(pane);
        sheet.addEventListener("pointerdown", (event) => this.#press(event));
        pane.addEventListener("keydown", (event) => this.#key(event));
        document.addEventListener("keyup", (event) => {
            if (event.key === " ") this.#spaceHeld = false;
        });
    }

    /** The box being drawn. */
    get draft(): BoxPlace | undefined {
        return this.#draft;
    }

    get page(): number {
        return this.#page;
    }

    /** Shows a page; false when another was asked for meanwhile. */
    async show(document: string, page: number, name: string): Promise<boolean> {
        this.dropDraft();
        [this.#document, this.#page] = [document, page];
        const image = await this.#read(document, page).catch((problem: unknown) => {
            if (this.#document === document && this.#page === page) this.#page = 0;
            throw problem;
        });
        if (this.#document !== document || this.#page !== page) return false;
        this.#image = image;
        this.#canvas.setAttribute("aria-label", `${name}, page ${page}`);
        this.lay(this.#lie);
        this.#drawBoxes();
        return true;
    }

    /** Forgets every page. */
    close(): void {
        this.dropDraft();
        this.#document = "";
        for (const image of this.#pages.values()) image.close();
        this.#pages.clear();
        this.#marks = [];
        this.#image = undefined;
        this.#canvas.width = 0;
        this.#boxes.replaceChildren();
    }

    paint(marks: BoxMark[]): void {
        this.#marks = marks;
        this.#drawBoxes();
    }

    /** Lays the page into the pane. */
    lay(lie: Lie): void {
        this.#lie = lie;
        if (!this.#image || this.#sheet.hidden) return;
        const { width, height } = this.#image;
        const lying = lie.quarter % 2 === 1;
        const style = getComputedStyle(this.#pane);
        const room =
            this.#pane.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
        const scale = (lie.zoom * room) / (lying ? height : width);
        const [across, down] = [width * scale, height * scale];
        const set = (target: HTMLElement, sizes: [string, string][]) => {
            for (const [name, value] of sizes) target.style.setProperty(name, value);
        };
        set(this.#sheet, [["width", `${lying ? down : across}px`], ["height", `${lying ? across : down}px`]]);
        const moved = [[0, 0], [down, 0], [across, down], [0, across]][lie.quarter] ?? [0, 0];
        const turned = `translate(${moved[0]}px, ${moved[1]}px) rotate(${lie.quarter * 90}deg)`;
        set(this.#turn, [["width", `${across}px`], ["height", `${down}px`], ["transform", turned]]);
        this.#draw(this.#image, scale);
    }

    /** In the dots of the screen: a browser that shrinks a large canvas by itself makes letters jagged. */
    #draw(image: ImageBitmap, scale: number): void {
        const share = Math.min(1, scale * devicePixelRatio);
        const [width, height] = [Math.round(image.width * share), Math.round(image.height * share)];
        [this.#canvas.width, this.#canvas.height] = [width, height];
        const context = this.#canvas.getContext("2d");
        if (!context) return;
        context.imageSmoothingQuality = "high";
        context.drawImage(image, 0, 0, width, height);
    }

    /** Brings a box of this page into sight. */
    reveal(place: BoxPlace): void {
        const drawn = [...this.#boxes.children].find((one) => one === this.#elements.get(place));
        drawn?.scrollIntoView({ block: "center", inline: "center" });
    }

    /** Starts a box in the middle of what is in sight, to be moved by the arrows. */
    startBox(): void {
        if (!this.#image) return;
        const [sheet, pane] = [this.#sheet.getBoundingClientRect(), this.#pane.getBoundingClientRect()];
        const across = (Math.max(sheet.left, pane.left) + Math.min(sheet.right, pane.right)) / 2 - sheet.left;
        const down = (Math.max(sheet.top, pane.top) + Math.min(sheet.bottom, pane.bottom)) / 2 - sheet.top;
        const [x, y] = pointOnPage([across / sheet.width, down / sheet.height], this.#lie.quarter);
        const left = clamp(Math.round(x * PARTS) - NEW_BOX.width / 2, 0, PARTS - NEW_BOX.width);
        const top = clamp(Math.round(y * PARTS) - NEW_BOX.height / 2, 0, PARTS - NEW_BOX.height);
        this.#setDraft({ ...this.#here(), left, top, ...NEW_BOX });
        this.#pane.focus({ preventScroll: true });
    }

    dropDraft(): void {
        if (this.#draft) this.#setDraft(undefined);
    }

    // ── drawing ─────────────────────────────────────────────────────────────────────────────────

    #elements = new WeakMap<BoxPlace, HTMLElement>();

    #drawBoxes(): void {
        const here = this.#marks.filter(({ place }) => place.page === this.#page);
        const drawn = here.map((mark) => {
            const box = element("div", { class: "page-box", title: mark.label });
            if (mark.current) box.setAttribute("aria-current", "true");
            box.append(element("span", {}, mark.label));
            this.#elements.set(mark.place, box);
            return laid(box, mark.place);
        });
        if (this.#draft) drawn.push(laid(element("div", { class: "page-box draft" }), this.#draft));
        this.#boxes.replaceChildren(...drawn);
    }

    #setDraft(draft: BoxPlace | undefined): void {
        this.#draft = draft;
        this.#drawBoxes();
        this.#host.changed();
    }

    #here(): Pick<BoxPlace, "document_id" | "page"> {
        return { document_id: this.#document, page: this.#page };
    }

    async #read(document: string, page: number): Promise<ImageBitmap> {
        const key = `${document} ${page}`;
        const known = this.#pages.get(key);
        if (known) {
            this.#pages.delete(key);
            this.#pages.set(key, known);
            return known;
        }
        const image = await fetchPage(this.#host.address(document, page));
        this.#pages.set(key, image);
        const [oldest] = this.#pages.keys();
        if (this.#pages.size > PAGES_MAX && oldest !== undefined) {
            this.#pages.get(oldest)?.close();
            this.#pages.delete(oldest);
        }
        return image;
    }

    // ── the mouse: it draws a box; with the middle button or the space bar it moves the page ────────

    #press(event: PointerEvent): void {
        const pans = event.button === 1 || (event.button === 0 && this.#spaceHeld);
        if (!pans && event.button !== 0) return;
        event.preventDefault();
        this.#pane.focus({ preventScroll: true });
        this.#sheet.setPointerCapture(event.pointerId);
        const move = pans ? this.#panning(event) : this.#drawing(event);
        const end = (last: PointerEvent) => {
            this.#sheet.removeEventListener("pointermove", move);
            this.#sheet.removeEventListener("pointerup", end);
            this.#sheet.removeEventListener("pointercancel", end);
            if (!pans && !isDragged(event, last)) this.#click(last);
        };
        this.#sheet.addEventListener("pointermove", move);
        this.#sheet.addEventListener("pointerup", end);
        this.#sheet.addEventListener("pointercancel", end);
    }

    #panning(from: PointerEvent): (event: PointerEvent) => void {
        const [left, top] = [this.#pane.scrollLeft, this.#pane.scrollTop];
        return (event) => {
            this.#pane.scrollLeft = left - (event.clientX - from.clientX);
            this.#pane.scrollTop = top - (event.clientY - from.clientY);
        };
    }

    #drawing(from: PointerEvent): (event: PointerEvent) => void {
        const [startX, startY] = this.#at(from);
        return (event) => {
            if (!isDragged(from, event)) return;
            const [x, y] = this.#at(event);
            const [left, top] = [Math.min(x, startX), Math.min(y, startY)];
            const width = Math.max(1, Math.abs(x - startX));
            const height = Math.max(1, Math.abs(y - startY));
            this.#setDraft({
                ...this.#here(),
                left: Math.min(left, PARTS - 1),
                top: Math.min(top, PARTS - 1),
                width: Math.min(width, PARTS - Math.min(left, PARTS - 1)),
                height: Math.min(height, PARTS - Math.min(top, PARTS - 1)),
            });
        };
    }

    #click(event: PointerEvent): void {
        const [x, y] = this.#at(event);
        const under = this.#marks.filter(
            ({ place: { page, left, top, width, height } }) =>
                page === this.#page && left <= x && x <= left + width && top <= y && y <= top + height,
        );
        if (under.length > 0) this.#host.picked(under.map(({ place }) => place));
        else this.dropDraft();
    }

    /** Where a pointer is on the page as it stands upright. */
    #at(event: PointerEvent): [number, number] {
        const sheet = this.#sheet.getBoundingClientRect();
        const across = clamp((event.clientX - sheet.left) / sheet.width, 0, 1);
        const down = clamp((event.clientY - sheet.top) / sheet.height, 0, 1);
        const [x, y] = pointOnPage([across, down], this.#lie.quarter);
        return [Math.round(x * PARTS), Math.round(y * PARTS)];
    }

    // ── the keyboard: arrows move the box, with Shift they make it larger or smaller ───────────────

    #key(event: KeyboardEvent): void {
        if (this.#sheet.hidden || event.isComposing || event.altKey || event.metaKey) return;
        if (event.key === " ") {
            this.#spaceHeld = true;
            event.preventDefault();
            return;
        }
        if (!this.#draft) return;
        const arrows: Record<string, [number, number]> = {
            ArrowLeft: [-1, 0],
            ArrowRight: [1, 0],
            ArrowUp: [0, -1],
            ArrowDown: [0, 1],
        };
        const arrow = arrows[event.key];
        if (arrow) {
            const step = event.ctrlKey ? FINE_STEP_PARTS : STEP_PARTS;
            const [x, y] = directionOnPage(arrow, this.#lie.quarter).map((part) => part * step) as [number, number];
            this.#setDraft(event.shiftKey ? grown(this.#draft, x, y) : shifted(this.#draft, x, y));
            this.#boxes.querySelector(".draft")?.scrollIntoView({ block: "nearest", inline: "nearest" });
        } else if (event.key === "Enter") this.#host.keep();
        else if (event.key === "Escape") this.dropDraft();
        else return;
        event.preventDefault();
        event.stopPropagation();
    }
}

function shifted(box: BoxPlace, x: number, y: number): BoxPlace {
    const left = clamp(box.left + x, 0, PARTS - box.width);
    return { ...box, left, top: clamp(box.top + y, 0, PARTS - box.height) };
}

function grown(box: BoxPlace, x: number, y: number): BoxPlace {
    const width = clamp(box.width + x, STEP_PARTS, PARTS - box.left);
    return { ...box, width, height: clamp(box.height + y, STEP_PARTS, PARTS - box.top) };
}

function laid(target: HTMLElement, { left, top, width, height }: BoxPlace): HTMLElement {
    const sizes = { left, top, width, height };
    for (const [name, parts] of Object.entries(sizes)) target.style.setProperty(name, `${parts / 10}%`);
    return target;
}

function isDragged(from: PointerEvent, to: PointerEvent): boolean {
    return Math.hypot(to.clientX - from.clientX, to.clientY - from.clientY) >= CLICK_PIXELS;
}

function clamp(value: number, least: number, most: number): number {
    return Math.min(Math.max(value, least), most);
}

async function fetchPage(address: string): Promise<ImageBitmap> {
    let answer: Response;
    try {
        answer = await fetch(address, { headers: { accept: "image/png, image/jpeg" } });
        if (answer.ok) return await createImageBitmap(await answer.blob());
    } catch {
        throw new Problem(0);
    }
    throw problemFrom(answer.status, await answer.text());
}
