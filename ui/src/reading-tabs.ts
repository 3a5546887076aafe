// The tabs of a chart's documents.
import type { DocumentInfo } from "./desk";
import { element } from "./dom";

const KEYED_TABS = 9;

export interface TabsHost {
    /** A tab was pressed; with the keyboard inside the tabs, the focus stays there. */
    show: (at: number, stay: boolean) => void;
}

export class Tabs {
    readonly #tabs: HTMLElement;
    readonly #host: TabsHost;
    #shown = -1;

    constructor(tabs: HTMLElement, host: TabsHost) {
        this.#tabs = tabs;
        this.#host = host;
        tabs.addEventListener("keydown", (event) => this.#press(event));
    }

    draw(documents: DocumentInfo[]): void {
        this.#tabs.replaceChildren(...documents.map((document, at) => this.#tab(document, at)));
        this.choose(this.#shown);
    }

    choose(at: number): void {
        this.#shown = at;
        [...this.#tabs.children].forEach((tab, place) => {
            tab.setAttribute("aria-selected", String(place === at));
            tab.setAttribute("tabindex", place === at ? "0" : "-1");
            if (place === at) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
        });
    }

    /** How many places were found in each document. */
    count(hits: number[]): void {
        [...this.#tabs.children].forEach((tab, at) => {
            const count = tab.querySelector<HTMLElement>(".count");
            if (!count) return;
            count.hidden = !hits[at];
            count.textContent = String(hits[at] ?? 0);
        });
    }

    close(): void {
        this.#shown = -1;
        this.#tabs.replaceChildren();
    }

    #tab(document: DocumentInfo, at: number): HTMLElement {
        const key = at < KEYED_TABS ? String(at + 1) : "";
        const tab = element("button", { type: "button", role: "tab", "aria-selected": "false" });
        const kind = document.pages === null ? "text" : pagesInWords(document.pages);
        tab.title = `${document.name}, ${kind}, received ${document.received_at.slice(0, 10)}`;
        if (key) {
            tab.dataset.key = key;
            tab.dataset.keyLabel = document.name;
            tab.setAttribute("aria-keyshortcuts", key);
            tab.append(element("kbd", { class: "kbd" }, key));
        }
        tab.append(element("span", { class: "truncate" }, shortName(document.name)));
        if (document.pages !== null) {
            tab.append(element("span", { class: "page-count" }, `${document.pages} p`));
        }
        tab.append(element("span", { class: "count", hidden: true }));
        tab.addEventListener("click", () => this.#host.show(at, false));
        return tab;
    }

    #press(event: KeyboardEvent): void {
        const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        const at = this.#shown + step;
        const to = this.#tabs.children[at];
        if (step === 0 || !(to instanceof HTMLElement)) return;
        event.preventDefault();
        to.focus();
        this.#host.show(at, true);
    }
}

function pagesInWords(pages: number): string {
    return pages === 1 ? "one page" : `${pages} pages`;
}

/** `discharge_summary.txt` as "discharge summary". */
function shortName(name: string): string {
    return name.replace(/\.(txt|text|png|jpe?g|tiff?)$/i, "").replace(/[_-]+/g, " ");
}
