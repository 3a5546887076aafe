// Asking a provider, beside the chart: the question is written where the codes stand, its indicators are
// selected in the documents, and the rules speak while one writes.
import { call, Problem } from "./api";
import { type Evidence, isBox, type WordsPlace } from "./desk";
import { showBanner } from "./desk-view";
import { element } from "./dom";
import { answerForm, body } from "./query-answer";
import { drawAnswered, type PastQuery } from "./query-answers";
import {
    type AskedQuestion,
    blank,
    type Indicator,
    type Provider,
    type Question,
    QueryForm,
    type Template,
} from "./query-form";
import { toast } from "./toast";

const SETTLE_MS = 500;
const QUESTIONS_MAX = 5;

export interface QueryHost {
    /** The desk's address in the API. */
    address: string;
    epoch: () => number;
    /** What is selected in the documents. */
    selection: () => Evidence | undefined;
    reveal: (place: Evidence) => void;
    /** The chart may be gone from this desk. */
    failed: (problem: Problem) => void;
    /** Ends the work here by sending this. */
    send: (gather: () => Promise<object | undefined>) => void;
}

interface DeskQueries {
    queries: PastQuery[];
    draft: { revision: number; questions: AskedQuestion[] };
    providers: Provider[];
    templates: Template[];
    always: string[];
}

export class QueryPanel {
    readonly #host: QueryHost;
    readonly #root: HTMLElement;
    readonly #codes: HTMLElement | null;
    readonly #form: QueryForm;
    readonly #texts = new Map<string, string>();
    #questions: AskedQuestion[] = [blank()];
    #at = 0;
    #revision = 0;
    #loaded = false;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #saving: Promise<void> | undefined;
    #dirty = false;

    /** The panel of a page that has one. */
    static attach(host: QueryHost): QueryPanel | undefined {
        const root = document.querySelector<HTMLElement>("[data-query-panel]");
        return root ? new QueryPanel(root, host) : undefined;
    }

    private constructor(root: HTMLElement, host: QueryHost) {
        this.#host = host;
        this.#root = root;
        this.#codes = document.querySelector<HTMLElement>('.desk > .pane[aria-label="Codes"]');
        this.#form = new QueryForm(root, () => this.#changed(), (place) => host.reveal(place));
        const on = (name: string, press: () => void) =>
            document
                .querySelector<HTMLElement>(`[data-query-do=${name}]`)
                ?.addEventListener("click", press);
        on("open", () => this.open());
        on("close", () => this.close());
        on("indicator", () => void this.#addIndicator());
        on("another", () => this.#another());
        on("drop", () => this.#drop());
        on("preview", () => this.#preview());
        on("send", () => this.#send());
        root.addEventListener("keydown", (event) => {
            if (event.key === "Escape" && !event.defaultPrevented) this.close();
        });
        void this.#load();
    }

    open(): void {
        if (!this.#loaded) {
            toast("The questions are not loaded yet; try again in a moment.");
            void this.#load();
            return;
        }
        if (this.#codes) this.#codes.hidden = true;
        this.#root.hidden = false;
        this.#form.focus();
    }

    close(): void {
        void this.#save();
        this.#root.hidden = true;
        if (this.#codes) this.#codes.hidden = false;
        document.querySelector<HTMLElement>("[data-query-do=open]")?.focus();
    }

    /** What the server said of sending; true when it is shown here. */
    refused(problem: Problem): boolean {
        const fields = problem.fields.filter(({ name }) => name.startsWith("questions"));
        const [first] = fields;
        if (this.#root.hidden || !first) return false;
        const place = /^questions\.(\d+)\.(.+)$/.exec(first.name);
        if (place) this.#turnTo(Number(place[1]));
        this.#form.told(place?.[2] ?? "", first.message);
        return true;
    }

    async #load(): Promise<void> {
        try {
            const desk = await call<DeskQueries>("GET", `${this.#host.address}/queries`);
            this.#form.offer(desk.providers, desk.templates, desk.always);
            this.#revision = desk.draft.revision;
            if (desk.draft.questions.length > 0) this.#questions = desk.draft.questions;
            this.#loaded = true;
            this.#turnTo(0);
            this.#showPast(desk.queries);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.#host.failed(problem);
        }
    }

    #showPast(queries: PastQuery[]): void {
        const place = this.#root.querySelector<HTMLElement>("[data-query-past]");
        if (place) {
            drawAnswered(place, queries, async (query, conclusion) => {
                const at = `${this.#host.address}/queries/${query}/outcome`;
                await call("POST", at, { epoch: this.#host.epoch(), ...conclusion });
                const desk = await call<DeskQueries>("GET", `${this.#host.address}/queries`);
                this.#showPast(desk.queries);
            });
        }
        const news = queries.filter(({ status }) => status === "answered").length;
        showBanner(
            "answers",
            news === 0
                ? undefined
                : {
                      tone: "info",
                      title: news === 1 ? "A provider has answered." : `Providers have answered ${news} questions.`,
                      text: "Record what came of it before you hand the chart in.",
                      actions: [{ label: "Show the answer", press: () => this.open() }],
                  },
        );
    }

    // ── several questions ───────────────────────────────────────────────────────────────────────

    #turnTo(at: number): void {
        this.#at = Math.min(Math.max(at, 0), this.#questions.length - 1);
        this.#form.show(this.#questions[this.#at] ?? blank());
        this.#drawTabs();
        void this.#check();
    }

    #drawTabs(): void {
        const place = this.#root.querySelector<HTMLElement>("[data-query-tabs]");
        const tabs = this.#questions.map((asked, at) => {
            const words = asked.question.title.trim() || `Question ${at + 1}`;
            const tab = element("button", { type: "button", role: "tab" }, words);
            tab.setAttribute("aria-selected", String(at === this.#at));
            tab.addEventListener("click", () => this.#turnTo(at));
            return tab;
        });
        place?.replaceChildren(...tabs);
        if (place) place.hidden = tabs.length < 2;
    }

    #another(): void {
        if (this.#questions.length >= QUESTIONS_MAX) {
            toast("At most 5 questions at once.");
            return;
        }
        this.#questions.push(blank(this.#questions[this.#at]?.provider_id ?? null));
        this.#turnTo(this.#questions.length - 1);
        this.#form.focus();
    }

    #drop(): void {
        this.#questions.splice(this.#at, 1);
        if (this.#questions.length === 0) this.#questions.push(blank());
        this.#turnTo(this.#at);
        this.#changed();
    }

    // ── writing ─────────────────────────────────────────────────────────────────────────────────

    #changed(): void {
        this.#questions[this.#at] = this.#form.read();
        this.#dirty = true;
        this.#form.showState("Saving …");
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
            this.#drawTabs();
            void this.#save();
            void this.#check();
        }, SETTLE_MS);
    }

    async #addIndicator(): Promise<void> {
        const place = this.#host.selection();
        if (!place) {
            toast("Select the words in a document first, or find them with the search.");
            return;
        }
        if (isBox(place)) {
            toast("A question quotes words: select them in a text of the chart.");
            return;
        }
        const quote = await this.#quoted(place);
        if (quote === undefined) return;
        const { document_id, start, end } = place;
        const indicator: Indicator = { document_id, start, end, quote };
        this.#form.addIndicator(indicator);
    }

    /** The words at a place of a document, in the record's own spelling. */
    async #quoted(place: WordsPlace): Promise<string | undefined> {
        let text = this.#texts.get(place.document_id);
        if (text === undefined) {
            const at = `${this.#host.address}/documents/${place.document_id}`;
            const answer = await fetch(at, { credentials: "same-origin" });
            if (!answer.ok) {
                toast("This document can't be quoted just now.", "error");
                return undefined;
            }
            text = await answer.text();
            this.#texts.set(place.document_id, text);
        }
        return [...text].slice(place.start, place.end).join("");
    }

    /** What the rules say; nothing before something is written, unless it is to be sent. */
    async #check(sending = false): Promise<void> {
        const asked = this.#questions[this.#at];
        if (!asked) return;
        if (!sending && isBlank(asked.question)) {
            this.#form.invite();
            return;
        }
        const at = this.#at;
        try {
            const findings = await call<Parameters<QueryForm["showFindings"]>[0]>(
                "POST",
                "/api/v1/query-check",
                asked.question,
            );
            if (at === this.#at) this.#form.showFindings(findings);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
        }
    }

    // ── keeping ─────────────────────────────────────────────────────────────────────────────────

    async #save(): Promise<void> {
        clearTimeout(this.#timer);
        await this.#saving;
        if (!this.#dirty) return;
        this.#dirty = false;
        this.#saving = this.#put();
        await this.#saving;
        this.#saving = undefined;
    }

    async #put(): Promise<void> {
        try {
            const kept = await call<{ revision: number }>("PUT", `${this.#host.address}/query-draft`, {
                epoch: this.#host.epoch(),
                revision: this.#revision,
                questions: this.#questions,
            });
            this.#revision = kept.revision;
            this.#form.showState("Saved as you type");
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.#dirty = true;
            this.#form.showState("Not saved yet");
            if (problem.status === 409) await this.#behind(problem);
            else if (problem.mayRepeat) this.#timer = setTimeout(() => void this.#save(), 5_000);
        }
    }

    /** Another window has saved since, or the chart is gone: the server tells which. */
    async #behind(problem: Problem): Promise<void> {
        let stored: DeskQueries["draft"];
        try {
            stored = (await call<DeskQueries>("GET", `${this.#host.address}/queries`)).draft;
        } catch {
            this.#host.failed(problem);
            return;
        }
        const choose = (take: boolean) => () => {
            showBanner("query-behind", undefined);
            this.#revision = stored.revision;
            if (take) this.#questions = stored.questions.length > 0 ? stored.questions : [blank()];
            this.#turnTo(0);
            this.#changed();
        };
        showBanner("query-behind", {
            tone: "warn",
            title: "The questions were changed in another window.",
            text: "Which are right?",
            actions: [
                { label: "Use what was saved there", press: choose(true) },
                { label: "Keep what is here", press: choose(false) },
            ],
        });
    }

    // ── sending ─────────────────────────────────────────────────────────────────────────────────

    #preview(): void {
        const { question } = this.#form.read();
        const dialog = element("dialog", { class: "query-preview", "aria-label": "As the provider sees it" });
        const shown = this.#form.preview(question);
        const close = element("button", { class: "button primary" }, "Close");
        const done = element("form", { method: "dialog", class: "form-actions" }, close);
        const card = element("article", { class: "query-card" }, ...body(shown), answerForm(shown, true));
        dialog.append(element("p", { class: "small quiet" }, "As the provider sees it:"), card, done);
        dialog.addEventListener("close", () => dialog.remove());
        document.body.append(dialog);
        dialog.showModal();
        close.focus();
    }

    #send(): void {
        this.#questions[this.#at] = this.#form.read();
        void this.#check(true);
        this.#host.send(async () => {
            await this.#save();
            if (this.#dirty) {
                toast("The questions are not saved yet; try again when they are.", "error");
                return undefined;
            }
            return { epoch: this.#host.epoch(), questions: this.#questions };
        });
    }
}

function isBlank({ title, text, indicators, options }: Question): boolean {
    return [title, text, ...options].every((words) => words.trim() === "") && indicators.length === 0;
}
