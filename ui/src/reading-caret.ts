// A caret in a text that is only read: places are selected without the mouse. Arrows move, with Shift
// they select, with Ctrl by words and paragraphs; Enter keeps what is selected, Escape leaves.
import { element } from "./dom";
import type { TextView } from "./reading-text";

const MARGIN_PIXELS = 40;

type Step = [direction: "backward" | "forward", granularity: string, withControl: string];

const STEPS: Record<string, Step> = {
    ArrowLeft: ["backward", "character", "word"],
    ArrowRight: ["forward", "character", "word"],
    ArrowUp: ["backward", "line", "paragraph"],
    ArrowDown: ["forward", "line", "paragraph"],
    Home: ["backward", "lineboundary", "documentboundary"],
    End: ["forward", "lineboundary", "documentboundary"],
};

export interface CaretHost {
    keep: () => void;
    /** The caret has come or gone. */
    changed: () => void;
}

export class Caret {
    readonly #view: TextView;
    readonly #pane: HTMLElement;
    readonly #host: CaretHost;
    readonly #shown = element("span", { class: "reading-caret", hidden: true, "aria-hidden": "true" });
    #on = false;
    /** Where it was last in this text. */
    #last: number | undefined;

    constructor(view: TextView, pane: HTMLElement, host: CaretHost) {
        this.#view = view;
        this.#pane = pane;
        this.#host = host;
        pane.append(this.#shown);
        pane.addEventListener("keydown", (event) => this.#press(event));
        pane.addEventListener("pointerdown", () => this.leave());
    }

    get on(): boolean {
        return this.#on;
    }

    /** Another text is shown. */
    forget(): void {
        this.leave();
        this.#last = undefined;
    }

    /** Starts at a place, where it was before, or at the first line in sight. */
    start(at: number | undefined): void {
        const point = this.#view.pointAt(at ?? this.#last ?? this.#firstInSight());
        if (!point) return;
        this.#on = true;
        this.#pane.focus({ preventScroll: true });
        getSelection()?.collapse(...point);
        this.#show();
        this.#host.changed();
    }

    leave(): void {
        if (!this.#on) return;
        this.#on = false;
        const selection = getSelection();
        if (selection?.focusNode && this.#view.element.contains(selection.focusNode)) {
            this.#last = this.#view.offsetOf(selection.focusNode, selection.focusOffset);
        }
        this.#shown.hidden = true;
        this.#host.changed();
    }

    #press(event: KeyboardEvent): void {
        if (!this.#on || event.isComposing || event.altKey || event.metaKey) return;
        const step = STEPS[event.key];
        if (step) this.#move(step, event);
        else if (event.key === "Enter") this.#host.keep();
        else if (event.key === "Escape") {
            this.leave();
            getSelection()?.removeAllRanges();
        } else return;
        event.preventDefault();
        event.stopPropagation();
    }

    #move([direction, granularity, withControl]: Step, event: KeyboardEvent): void {
        const selection = getSelection();
        if (!selection) return;
        const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
        selection.modify(
            event.shiftKey ? "extend" : "move",
            direction,
            event.ctrlKey ? withControl : granularity,
        );
        const left = selection.focusNode === null || !this.#view.element.contains(selection.focusNode);
        if (left && anchorNode && focusNode) {
            // It does not leave the text.
            selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
        }
        this.#show();
        this.#host.changed();
    }

    #show(): void {
        const place = this.#rectangle();
        const pane = this.#pane.getBoundingClientRect();
        this.#shown.hidden = place === undefined;
        if (!place) return;
        const above = place.top - pane.top - MARGIN_PIXELS;
        const below = place.bottom - pane.bottom + MARGIN_PIXELS;
        if (above < 0) this.#pane.scrollTop += above;
        else if (below > 0) this.#pane.scrollTop += below;
        const moved = this.#rectangle() ?? place;
        this.#shown.style.setProperty("left", `${moved.left - pane.left + this.#pane.scrollLeft}px`);
        this.#shown.style.setProperty("top", `${moved.top - pane.top + this.#pane.scrollTop}px`);
        this.#shown.style.setProperty("height", `${moved.height}px`);
    }

    /** Where the caret stands; at the end of a line a range of nothing has no place of its own. */
    #rectangle(): DOMRect | undefined {
        const selection = getSelection();
        const node = selection?.focusNode;
        if (!selection || !node) return undefined;
        const range = document.createRange();
        range.setStart(node, selection.focusOffset);
        range.collapse(true);
        const [own] = range.getClientRects();
        if (own) return own;
        if (node instanceof Text && selection.focusOffset < node.length) {
            range.setEnd(node, selection.focusOffset + 1);
            return range.getClientRects()[0];
        }
        return node instanceof Element ? node.getBoundingClientRect() : range.getBoundingClientRect();
    }

    #firstInSight(): number {
        const top = this.#pane.getBoundingClientRect().top + 1;
        for (const part of this.#view.element.children) {
            if (part.getBoundingClientRect().bottom < top) continue;
            const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const found = firstBelow(node, top);
                if (found !== undefined) return this.#view.offsetOf(node, found);
            }
        }
        return 0;
    }
}

/** The first letter of a text that stands below a height; halving, because texts are long. */
function firstBelow(node: Node, top: number): number | undefined {
    const length = node.nodeValue?.length ?? 0;
    const isBelow = (at: number) => {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        return range.getBoundingClientRect().top >= top;
    };
    if (length === 0 || !isBelow(length - 1)) return undefined;
    let [low, high] = [0, length - 1];
    while (low < high) {
        const middle = (low + high) >> 1;
        if (isBelow(middle)) high = middle;
        else low = middle + 1;
    }
    return low;
}
