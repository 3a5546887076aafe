// Asks to whom charts go, in a <dialog>: a name is typed, arrows choose, Enter gives. Everybody is shown
// with the answer of the rules before anything is given; a reason is asked for where one is needed.
import { call, newKey, Problem } from "./api";
import { plural, sayDone, type BulkDone } from "./board-said";
import type { Selection } from "./board-select";
import { element } from "./dom";
import { refreshSoon } from "./live";

/** A chart as the board lists it. */
export interface Chart {
    id: string;
    reference: string;
    /** Whether somebody has it, or is offered it. */
    held: boolean;
}

/** How charts fit one person. */
export interface Fit {
    person_id: string;
    name: string;
    verdict: "eligible" | "by_lead" | "some" | "barred";
    may_have: number;
    set_aside: Record<string, number>;
    words: string;
    on_shift_until: string | null;
    queued_minutes: number;
}

/** How some charts fit everybody. */
export interface Fitting {
    charts: { chart_id: string; reference: string; begun: boolean; refused: string | null }[];
    people: Fit[];
}

export const VERDICTS: Record<Fit["verdict"], { words: string; tone: string }> = {
    eligible: { words: "may have it", tone: "good" },
    by_lead: { words: "by a lead only", tone: "warn" },
    some: { words: "some of them", tone: "warn" },
    barred: { words: "barred", tone: "bad" },
};

export function fittingOf(charts: Chart[]): Promise<Fitting> {
    return call<Fitting>("POST", "/api/v1/board/fitting", { charts: charts.map((chart) => chart.id) });
}

/** Whether a reason must be given: a rule of load stands aside, or somebody loses what they work on. */
export function needsReason(fit: Fit, fitting: Fitting): boolean {
    return Object.keys(fit.set_aside).length > 0 || fitting.charts.some((chart) => chart.begun);
}

/** Gives the charts and tells what became of each. Throws Problem. */
export async function give(charts: Chart[], fit: Fit, reason: string, selection: Selection): Promise<BulkDone> {
    const ids = charts.map((chart) => chart.id);
    const body = { charts: ids, person_id: fit.person_id, reason, take_back: reason !== "" };
    const done = await call<BulkDone>("POST", "/api/v1/board/assign", body, newKey());
    selection.keepRefused(done);
    refreshSoon();
    return done;
}

export function sayGiven(done: BulkDone, fit: Fit): void {
    sayDone(done, `given to ${fit.name}`);
}

/** Asks for the person, and gives. Resolves when the dialog is closed. */
export function askPerson(charts: Chart[], selection: Selection, preset?: string): Promise<void> {
    return new Asking(charts, selection, preset).closed;
}

const DIALOG_LIST = "assign-list";

class Asking {
    readonly closed: Promise<void>;
    private readonly dialog: HTMLDialogElement;
    private readonly entry = element("input", {
        id: "assign-person",
        class: "input",
        role: "combobox",
        autocomplete: "off",
        "aria-expanded": "true",
        "aria-controls": DIALOG_LIST,
        "aria-autocomplete": "list",
        "aria-describedby": "assign-charts",
    });
    private readonly list = element("ul", { id: DIALOG_LIST, role: "listbox", "aria-label": "People" });
    private readonly notes = element("p", { class: "small quiet", id: "assign-charts" });
    private readonly reason = element("textarea", { id: "assign-reason", rows: "2", maxlength: "200" });
    private readonly why = element("label", { for: "assign-reason" });
    private readonly reasonField = element("div", { class: "field", hidden: true }, this.why, this.reason);
    private readonly fault = element("p", { class: "fault", role: "alert" });
    private readonly yes = element("button", { class: "button primary", type: "submit" }, "Give");
    private fitting: Fitting | undefined;
    private chosen: string | undefined;
    private asks = 0;

    constructor(
        private readonly charts: Chart[],
        private readonly selection: Selection,
        preset: string | undefined,
    ) {
        this.chosen = preset;
        const title = charts.length === 1 ? (charts[0]?.reference ?? "") : plural(charts.length, "chart");
        const no = element("button", { class: "button", type: "button" }, "Cancel");
        const form = element(
            "form",
            { class: "stack-tight", novalidate: true },
            element("h2", { id: "assign-title" }, `Give ${title} to …`),
            this.notes,
            element("div", { class: "field" }, element("label", { for: "assign-person" }, "Person"), this.entry),
            this.list,
            this.reasonField,
            this.fault,
            element("div", { class: "form-actions" }, no, this.yes),
        );
        this.dialog = element("dialog", { class: "assign", "aria-labelledby": "assign-title" }, form);
        this.closed = new Promise((resolve) => this.dialog.addEventListener("close", () => resolve()));
        this.listen(form, no);
        document.body.append(this.dialog);
        this.dialog.showModal();
        this.entry.focus();
        void this.load();
    }

    private listen(form: HTMLFormElement, no: HTMLButtonElement): void {
        const refreshed = () => void this.load();
        document.addEventListener("live:refreshed", refreshed);
        this.dialog.addEventListener("close", () => {
            document.removeEventListener("live:refreshed", refreshed);
            this.dialog.remove();
            this.selection.restoreFocus();
        });
        no.addEventListener("click", () => this.dialog.close());
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            void this.submit();
        });
        this.entry.addEventListener("input", () => {
            this.chosen = undefined;
            this.draw();
        });
        this.entry.addEventListener("keydown", (event) => this.steer(event));
        this.reason.addEventListener("keydown", (event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void this.submit();
        });
        this.list.addEventListener("click", (event) => {
            const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
            if (!option) return;
            this.choose(option.dataset.option);
        });
    }

    /** Asks the rules; while the dialog is open, again whenever the board changes. */
    private async load(): Promise<void> {
        const asked = ++this.asks;
        if (!this.fitting) this.notes.textContent = "Asking the rules …";
        try {
            const fitting = await fittingOf(this.charts);
            if (asked !== this.asks) return;
            this.fitting = fitting;
            this.draw();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.fault.textContent = problem.message;
        }
    }

    private listed(): Fit[] {
        const words = this.entry.value.toLowerCase().split(/\s+/).filter(Boolean);
        const people = this.fitting?.people ?? [];
        return people.filter((fit) => words.every((word) => fit.name.toLowerCase().includes(word)));
    }

    private active(): Fit | undefined {
        const listed = this.listed();
        return listed.find((fit) => fit.person_id === this.chosen) ?? listed[0];
    }

    private draw(): void {
        const active = this.active();
        this.list.replaceChildren(...this.listed().map((fit) => optionOf(fit, fit === active)));
        if (active) this.entry.setAttribute("aria-activedescendant", `option-${active.person_id}`);
        else this.entry.removeAttribute("aria-activedescendant");
        if (!active) this.list.append(element("li", { class: "quiet" }, "Nobody has this name."));
        this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
        this.notes.textContent = this.note();
        this.drawReason(active);
    }

    private note(): string {
        const charts = this.fitting?.charts ?? [];
        const begun = charts.filter((chart) => chart.begun).length;
        const told = charts.filter((chart) => chart.refused).map((chart) => `${chart.reference} ${chart.refused}`);
        if (begun > 0) told.push(begun === 1 ? "one is being worked on" : `${begun} are being worked on`);
        const names = charts.length > 1 ? charts.map((chart) => chart.reference).join(", ") : "";
        return [names, ...told].filter(Boolean).join(" · ");
    }

    private drawReason(active: Fit | undefined): void {
        const needed =
            active !== undefined &&
            active.verdict !== "barred" &&
            this.fitting !== undefined &&
            needsReason(active, this.fitting);
        this.reasonField.hidden = !needed;
        if (active && needed) {
            const taken = this.fitting?.charts.some((chart) => chart.begun) ? ["it is taken from somebody"] : [];
            const set = Object.keys(active.set_aside).length > 0 ? [active.words] : [];
            this.why.textContent = `Reason, because ${[...set, ...taken].join(", ")} (no patient data)`;
        }
        this.yes.disabled = active === undefined || active.verdict === "barred";
        this.yes.textContent = active && active.verdict !== "barred" ? `Give to ${active.name}` : "Give";
        this.fault.textContent = active?.verdict === "barred" ? refusal(active) : "";
    }

    private choose(person: string | undefined): void {
        this.chosen = person;
        this.draw();
    }

    private steer(event: KeyboardEvent): void {
        const listed = this.listed();
        const at = listed.findIndex((fit) => fit === this.active());
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 };
        const wanted = to[event.key as keyof typeof to];
        if (wanted === undefined) return;
        event.preventDefault();
        const next = listed[Math.max(0, Math.min(listed.length - 1, wanted))];
        if (next) this.choose(next.person_id);
    }

    private async submit(): Promise<void> {
        const active = this.active();
        const fitting = this.fitting;
        if (!active || !fitting || active.verdict === "barred" || this.yes.getAttribute("aria-busy")) return;
        const reason = this.reason.value.trim();
        if (needsReason(active, fitting) && reason === "") {
            this.fault.textContent = this.reason === document.activeElement ? "Say why." : "";
            this.reason.focus();
            return;
        }
        this.yes.setAttribute("aria-busy", "true");
        try {
            const given = await give(this.charts, active, reason, this.selection);
            this.dialog.close();
            sayGiven(given, active);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.fault.textContent = problem.message;
        } finally {
            this.yes.removeAttribute("aria-busy");
        }
    }
}

function refusal(fit: Fit): string {
    return `${fit.name}: ${fit.words}. Nobody can set this aside.`;
}

function optionOf(fit: Fit, active: boolean): HTMLElement {
    const { words, tone } = VERDICTS[fit.verdict];
    const about = fit.on_shift_until === null ? "off shift" : `${fit.queued_minutes} min ahead`;
    return element(
        "li",
        {
            id: `option-${fit.person_id}`,
            role: "option",
            "aria-selected": String(active),
            "aria-disabled": String(fit.verdict === "barred"),
            "data-option": fit.person_id,
        },
        element("span", { class: "strong" }, fit.name),
        element("span", { class: "small quiet" }, about),
        element("span", { class: "badge", "data-tone": tone }, words),
        element("span", { class: "small words" }, fit.words),
    );
}
