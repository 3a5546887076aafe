// What was coded of this patient before, in a panel; a code of it goes into the lines with one key.
import { call, Problem } from "./api";
import type { Line, System } from "./desk";
import { element } from "./dom";
import { Panel } from "./panel";

interface EarlierLine {
    role: string;
    system: System;
    code: string;
    written: string;
    description: string | null;
    modifiers: string[];
}

interface EarlierCoding {
    work_type_label: string;
    service_date: string;
    discharge_date: string | null;
    lines: EarlierLine[];
}

/** A line, as it was reported before. */
export type Copied = Line & { description: string | null };

export class History {
    readonly #address: string;
    readonly #panel = new Panel("history");
    readonly #copy: (line: Copied) => void;
    #asked = false;

    constructor(address: string, copy: (line: Copied) => void) {
        this.#address = `${address}/history`;
        this.#copy = copy;
        this.#panel.body.addEventListener("keydown", (event) => this.#step(event));
    }

    /** Asked for when it is first wanted: each look is written down. */
    toggle(): void {
        this.#panel.toggle();
        if (!this.#asked) void this.#load();
    }

    async #load(): Promise<void> {
        try {
            const told = await call<{ shown: boolean; codings: EarlierCoding[] }>("GET", this.#address);
            this.#asked = true;
            this.#draw(told.shown, told.codings);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.#panel.body.replaceChildren(element("p", { class: "quiet" }, problem.message));
        }
    }

    #draw(shown: boolean, codings: EarlierCoding[]): void {
        const { body } = this.#panel;
        if (codings.length === 0) {
            const none = "Nothing of this patient has gone back yet.";
            const closed = "The contract of this queue does not show earlier codings.";
            body.replaceChildren(element("p", { class: "quiet" }, shown ? none : closed));
            return;
        }
        body.replaceChildren(...codings.map((coding) => this.#coding(coding)));
        body.querySelector("button")?.focus();
    }

    #coding(coding: EarlierCoding): HTMLElement {
        const until = coding.discharge_date ? ` to ${coding.discharge_date}` : "";
        const head = element("h3", {}, coding.service_date + until, " ");
        head.append(element("span", { class: "small quiet" }, coding.work_type_label));
        const lines = coding.lines.map((line) => element("li", {}, this.#line(line)));
        return element("section", { class: "earlier" }, head, element("ol", {}, ...lines));
    }

    #line(line: EarlierLine): HTMLElement {
        const code = element("span", { class: "code" }, [line.written, ...line.modifiers].join(" "));
        const words = element("span", {}, line.description ?? "");
        // What was done then was done then: only what somebody has may be so again.
        if (line.system !== "icd10cm") return element("div", { class: "earlier-line" }, code, words);
        const add = element("button", { class: "earlier-line", type: "button" }, code, words);
        add.title = "Enter: put it into the lines";
        add.addEventListener("click", () => {
            this.#copy({
                role: "secondary",
                system: line.system,
                code: line.code,
                description: line.description,
                modifiers: [],
                units: 1,
                poa: null,
                pointers: [],
                evidence: null,
            });
            add.dataset.copied = "true";
            add.focus();
        });
        return add;
    }

    /** Arrows go from code to code. */
    #step(event: KeyboardEvent): void {
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (step === 0) return;
        const buttons = [...this.#panel.body.querySelectorAll<HTMLElement>("button.earlier-line")];
        const at = buttons.indexOf(document.activeElement as HTMLElement);
        const next = buttons[at + step];
        if (!next) return;
        event.preventDefault();
        next.focus();
    }
}
