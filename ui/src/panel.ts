// A panel over the documents: beside the codes, closed with Escape, with the focus where it was before.

export class Panel {
    readonly root: HTMLElement;
    readonly body: HTMLElement;
    #before: Element | null = null;

    constructor(name: string) {
        const root = document.querySelector<HTMLElement>(`[data-panel="${name}"]`);
        const body = root?.querySelector<HTMLElement>("[data-panel-body]");
        if (!root || !body) throw new Error(`the page has no panel ${name}`);
        this.root = root;
        this.body = body;
        root.querySelector("[data-panel-close]")?.addEventListener("click", () => this.close());
        root.addEventListener("keydown", (event) => {
            if (event.key !== "Escape" || event.defaultPrevented) return;
            event.preventDefault();
            this.close();
        });
    }

    get isOpen(): boolean {
        return !this.root.hidden;
    }

    open(): void {
        for (const other of document.querySelectorAll<HTMLElement>("[data-panel]")) other.hidden = true;
        this.#before = document.activeElement;
        this.root.hidden = false;
        this.body.focus({ preventScroll: true });
    }

    close(): void {
        this.root.hidden = true;
        if (this.#before instanceof HTMLElement && this.#before.isConnected) this.#before.focus();
    }

    toggle(): void {
        if (this.isOpen) this.close();
        else this.open();
    }
}
