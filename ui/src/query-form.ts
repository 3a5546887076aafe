// The entries of one question: what is asked, what it rests on, what may be chosen, and what the rules say.
import type { Evidence } from "./desk";
import { element } from "./dom";
import type { ShownQuestion } from "./query-answer";

const OPTIONS_MAX = 8;

export interface Indicator {
    document_id: string;
    start: number;
    end: number;
    quote: string;
}

export interface Question {
    title: string;
    kind: "multiple_choice" | "yes_no" | "open_ended";
    text: string;
    indicators: Indicator[];
    options: string[];
    about: string | null;
    condition: string;
    cause: string;
    template: string | null;
}

export interface AskedQuestion {
    provider_id: string | null;
    question: Question;
}

export interface Provider {
    id: string;
    name: string;
}

export interface Template {
    reference: string;
    name: string;
    kind: Question["kind"];
    about: string | null;
    title: string;
    text: string;
    options: string[];
}

export interface QueryFinding {
    rule: string;
    severity: "error" | "warning" | "advice";
    field: string;
    message: string;
    source: string;
}

export function blank(provider: string | null = null): AskedQuestion {
    return {
        provider_id: provider,
        question: {
            title: "",
            kind: "multiple_choice",
            text: "",
            indicators: [],
            options: ["", ""],
            about: null,
            condition: "",
            cause: "",
            template: null,
        },
    };
}

type Entry = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export class QueryForm {
    readonly #root: HTMLElement;
    readonly #changed: () => void;
    readonly #reveal: (place: Evidence) => void;
    #templates: Template[] = [];
    #always: string[] = [];
    #indicators: Indicator[] = [];
    #template: string | null = null;

    constructor(root: HTMLElement, changed: () => void, reveal: (place: Evidence) => void) {
        this.#root = root;
        this.#changed = changed;
        this.#reveal = reveal;
        root.querySelector("[data-query-form]")?.addEventListener("input", (event) => {
            if (event.target instanceof HTMLElement && event.target.dataset.query === "template") return;
            this.#arrange();
            this.#changed();
        });
        this.#entry("template").addEventListener("change", () => this.#begin());
        root.querySelector("[data-query-do=option]")?.addEventListener("click", () => {
            this.#addOption("");
            this.#options().at(-1)?.focus();
        });
    }

    focus(): void {
        const past = this.#root.querySelector<HTMLSelectElement>("[data-query-past] select");
        (past ?? this.#entry("template")).focus();
    }

    /** What is there to choose from. */
    offer(providers: Provider[], templates: Template[], always: string[]): void {
        this.#templates = templates;
        this.#always = always;
        const none = element("option", { value: "" }, "The facility names somebody");
        const named = providers.map(({ id, name }) => element("option", { value: id }, name));
        this.#entry("provider").replaceChildren(none, ...named);
        const begin = element("option", { value: "" }, "Begin from a wording …");
        const wordings = templates.map(({ reference, name }) => element("option", { value: reference }, name));
        this.#entry("template").replaceChildren(begin, ...wordings);
    }

    show({ provider_id, question }: AskedQuestion): void {
        this.#entry("provider").value = provider_id ?? "";
        this.#entry("template").value = question.template ?? "";
        this.#entry("title").value = question.title;
        this.#entry("text").value = question.text;
        this.#entry("kind").value = question.kind;
        this.#entry("about").value = question.about ?? "";
        this.#entry("condition").value = question.condition;
        this.#entry("cause").value = question.cause;
        this.#template = question.template;
        this.#indicators = [...question.indicators];
        this.#part("options").replaceChildren();
        for (const option of question.options) this.#addOption(option);
        this.#drawIndicators();
        this.#arrange();
        this.told("", "");
    }

    read(): AskedQuestion {
        const kind = this.#entry("kind").value as Question["kind"];
        const yesNo = kind === "yes_no";
        const filled = (name: string) => (yesNo ? this.#entry(name).value.trim() : "");
        return {
            provider_id: this.#entry("provider").value || null,
            question: {
                title: this.#entry("title").value,
                kind,
                text: this.#entry("text").value,
                indicators: this.#indicators,
                options: kind === "multiple_choice" ? this.#options().map(({ value }) => value) : [],
                about: filled("about") || null,
                condition: filled("condition"),
                cause: filled("about") === "cause_and_effect" ? filled("cause") : "",
                template: this.#template,
            },
        };
    }

    preview(question: Question): ShownQuestion {
        const choice = (choice: string, words: string, option: number | null = null) => ({ choice, words, option });
        const own =
            question.kind === "multiple_choice"
                ? question.options.map((words, at) => choice("option", words, at))
                : question.kind === "yes_no"
                  ? [choice("yes", "Yes"), choice("no", "No")]
                  : [choice("text", "My answer")];
        const [other = "", unable = ""] = this.#always;
        if (question.kind !== "open_ended") own.push(choice("other", other));
        own.push(choice("unable_to_determine", unable));
        const quotes = question.indicators.map(({ quote }) => ({ document: "", quote }));
        return { ...question, quotes, choices: own };
    }

    addIndicator(indicator: Indicator): void {
        this.#indicators = [...this.#indicators, indicator];
        this.#drawIndicators();
        this.#changed();
    }

    showState(words: string): void {
        this.#part("state").textContent = words;
    }

    /** What keeps it from being sent, and where. */
    told(field: string, message: string): void {
        this.#part("refusal").textContent = message;
        if (field !== "") this.#fieldOf(field)?.focus();
    }

    /** Nothing is written yet, so nothing is wrong. */
    invite(): void {
        this.showFindings([]);
        this.#part("summary").textContent = "Begin from a wording, or write your own.";
    }

    showFindings(findings: QueryFinding[]): void {
        for (const entry of this.#root.querySelectorAll('[data-query-form] [aria-invalid="true"]')) {
            entry.removeAttribute("aria-invalid");
        }
        const list = this.#part("findings");
        list.replaceChildren(
            ...findings.map((finding) => {
                const { severity, message, source, field } = finding;
                if (severity === "error") this.#fieldOf(field)?.setAttribute("aria-invalid", "true");
                const go = element("button", { type: "button", title: source }, message);
                go.addEventListener("click", () => this.#fieldOf(field)?.focus());
                const word = severity === "error" ? "must change" : "think again";
                const tone = severity === "error" ? "bad" : "warn";
                const badge = element("span", { class: "badge", "data-tone": tone }, word);
                return element("li", {}, badge, " ", go);
            }),
        );
        const errors = findings.filter(({ severity }) => severity === "error").length;
        const words = errors > 0 ? `${errors} to change before it can be sent` : "May be sent";
        this.#part("summary").textContent = words;
    }

    #begin(): void {
        const chosen = this.#templates.find(({ reference }) => reference === this.#entry("template").value);
        this.#template = chosen?.reference ?? null;
        if (chosen) {
            this.#entry("title").value = chosen.title;
            this.#entry("text").value = chosen.text;
            this.#entry("kind").value = chosen.kind;
            this.#entry("about").value = chosen.about ?? "";
            this.#part("options").replaceChildren();
            for (const option of chosen.options) this.#addOption(option);
        }
        this.#arrange();
        this.#changed();
    }

    /** Only the entries that the kind of question has. */
    #arrange(): void {
        const kind = this.#entry("kind").value;
        this.#part("choices").hidden = kind !== "multiple_choice";
        this.#part("yes-no").hidden = kind !== "yes_no";
        const cause = this.#entry("cause").closest<HTMLElement>(".field");
        if (cause) cause.hidden = this.#entry("about").value !== "cause_and_effect";
        const missing = 2 - this.#options().length;
        if (kind === "multiple_choice") for (let at = 0; at < missing; at += 1) this.#addOption("");
        this.#part("always").textContent = `Always offered besides: ${this.#always.join(" · ")}`;
    }

    #addOption(words: string): void {
        if (this.#options().length >= OPTIONS_MAX) return;
        const entry = element("input", { class: "input", maxlength: "160", "data-query-option": true });
        entry.value = words;
        const remove = element("button", { class: "button quiet small square", type: "button" }, "×");
        const row = element("li", {}, entry, remove);
        remove.addEventListener("click", () => {
            row.remove();
            this.#number();
            this.#changed();
        });
        this.#part("options").append(row);
        this.#number();
    }

    #number(): void {
        this.#options().forEach((entry, at) => {
            entry.setAttribute("aria-label", `Choice ${at + 1}`);
            entry.nextElementSibling?.setAttribute("aria-label", `Take away choice ${at + 1}`);
        });
    }

    #options(): HTMLInputElement[] {
        return [...this.#root.querySelectorAll<HTMLInputElement>("[data-query-option]")];
    }

    #drawIndicators(): void {
        const items = this.#indicators.map((indicator, at) => {
            const go = element("button", { type: "button", class: "quote" }, indicator.quote);
            go.addEventListener("click", () => this.#reveal(indicator));
            const remove = element("button", { class: "button quiet small square", type: "button" }, "×");
            remove.setAttribute("aria-label", `Take away clinical indicator ${at + 1}`);
            remove.addEventListener("click", () => {
                this.#indicators = this.#indicators.filter((_, place) => place !== at);
                this.#drawIndicators();
                this.#changed();
            });
            return element("li", {}, go, remove);
        });
        const none = element("li", { class: "small quiet" }, "Select words in a document, then press C.");
        this.#part("indicators").replaceChildren(...(items.length > 0 ? items : [none]));
    }

    /** The entry of a field as the rules name it. */
    #fieldOf(field: string): HTMLElement | null {
        const [name = "", number] = field.split(".");
        if (name === "options") {
            const add = this.#root.querySelector<HTMLElement>("[data-query-do=option]");
            return this.#options()[Number(number ?? "-1")] ?? add;
        }
        if (name === "indicators") return this.#root.querySelector("[data-query-do=indicator]");
        if (name === "provider_id") return this.#entry("provider");
        return this.#root.querySelector(`[data-query="${CSS.escape(name)}"]`);
    }

    #entry(name: string): Entry {
        return this.#root.querySelector(`[data-query="${name}"]`) as Entry;
    }

    #part(name: string): HTMLElement {
        return this.#root.querySelector(`[data-query-part="${name}"]`) as HTMLElement;
    }
}
