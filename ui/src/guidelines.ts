// The facility's guidelines beside the chart: read, searched, acknowledged when they changed.
import { call, Problem } from "./api";
import { parseFragment, element } from "./dom";
import { Panel } from "./panel";
import { toast } from "./toast";

interface Guideline {
    id: string;
    title: string;
    version: number;
    html: string;
    acknowledged: boolean;
    changes: { added: boolean; text: string }[];
}

export class Guidelines {
    readonly #address: string;
    readonly #panel = new Panel("guidelines");
    readonly #button: HTMLElement | null;
    readonly #foot: HTMLElement | null;
    #all: Guideline[] = [];

    constructor(address: string) {
        this.#address = `${address}/guidelines`;
        this.#button = document.querySelector("[data-do=guidelines]");
        this.#foot = document.querySelector('[data-show="guidelines-unread"]');
        const find = this.#panel.root.querySelector<HTMLInputElement>("[data-panel-find]");
        find?.addEventListener("input", () => this.#find(find.value));
        const acknowledge = this.#panel.root.querySelector<HTMLElement>("[data-do-panel=acknowledge]");
        acknowledge?.addEventListener("click", () => void this.#acknowledge());
    }

    /** Looks whether something is to be read; what changed opens by itself. */
    async begin(): Promise<void> {
        await this.#load();
        if (this.#unread().length > 0) this.#panel.open();
    }

    toggle(): void {
        this.#panel.toggle();
    }

    /** Shows them because the server would not take a coding without. */
    async demand(): Promise<void> {
        await this.#load();
        this.#panel.open();
    }

    async #load(): Promise<void> {
        try {
            this.#all = await call<Guideline[]>("GET", this.#address);
            this.#draw();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.#panel.body.replaceChildren(element("p", { class: "quiet" }, problem.message));
        }
    }

    #unread(): Guideline[] {
        return this.#all.filter(({ acknowledged }) => !acknowledged);
    }

    #draw(): void {
        const unread = this.#unread().length > 0;
        if (this.#foot) this.#foot.hidden = !unread;
        this.#button?.toggleAttribute("data-unread", unread);
        if (this.#all.length === 0) {
            const words = "This facility asks nothing beyond the rules of coding.";
            this.#panel.body.replaceChildren(element("p", { class: "quiet" }, words));
            return;
        }
        this.#panel.body.replaceChildren(...this.#all.map((one) => draw(one)));
    }

    async #acknowledge(): Promise<void> {
        const ids = this.#unread().map(({ id }) => id);
        try {
            await call("POST", this.#address, { ids });
            for (const one of this.#all) one.acknowledged = true;
            this.#draw();
            this.#panel.close();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            toast(problem.message, "error");
            await this.#load();
        }
    }

    /** Marks the words in the text and brings the first into sight. */
    #find(words: string): void {
        this.#draw();
        const sought = words.trim().toLowerCase();
        const places = sought === "" ? [] : mark(this.#panel.body, sought);
        places[0]?.scrollIntoView({ block: "center" });
        const count = this.#panel.root.querySelector("[data-panel-count]");
        if (count) count.textContent = sought === "" ? "" : `${places.length} found`;
    }
}

function draw(one: Guideline): HTMLElement {
    const head = element("h3", {}, one.title, " ");
    head.append(element("span", { class: "small quiet" }, `version ${one.version}`));
    const drawn = element("section", { class: "guideline" }, head);
    if (one.changes.length > 0) {
        const lines = one.changes.map(({ added, text }) =>
            element("li", {}, element(added ? "ins" : "del", {}, text)),
        );
        const heading = element("p", { class: "strong" }, "What changed");
        drawn.append(element("div", { class: "guideline-changes" }, heading, element("ul", {}, ...lines)));
    }
    drawn.append(parseFragment(one.html));
    return drawn;
}

function mark(root: HTMLElement, sought: string): HTMLElement[] {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found: { text: Text; at: number }[] = [];
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const text = node as Text;
        const lower = text.data.toLowerCase();
        for (let at = lower.indexOf(sought); at >= 0; at = lower.indexOf(sought, at + sought.length)) {
            found.push({ text, at });
        }
    }
    // From the end, so that the places before stay where they are.
    const marks = found.reverse().map(({ text, at }) => {
        const word = text.splitText(at);
        word.splitText(sought.length);
        const marked = element("mark");
        word.replaceWith(marked);
        marked.append(word);
        return marked;
    });
    return marks.reverse();
}
