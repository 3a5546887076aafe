// The coder's desk: opens a chart, keeps what is entered, checks it, hands it in.
import { call, Problem } from "./api";
import type { Checked, Desk, Draft, Finding, ReviewFinding } from "./desk";
import { drawDesk, drawSentBack, shown } from "./desk-view";
import { Entering } from "./entering";
import { Findings } from "./findings";
import { askHolds, askRelease, type GivingBack } from "./give-back";
import { Guidelines } from "./guidelines";
import { History } from "./history";
import { drawGrouping, tagLines } from "./grouping";
import { Keeping, openChart } from "./keeping";
import { QueryPanel } from "./query";
import { watchDocuments } from "./new-documents";
import { toast } from "./toast";

const CHECK_SETTLE_MS = 350;
/** The edits could not be asked: they are asked again by themselves. */
const CHECK_AGAIN_MS = 4_000;

/** What is gone to first among what a line says beside its code: the basis of a level, else the date. */
const DETAILS_FIRST = ["em_basis", "service_date", "revenue_code"];

/** Starts the desk on a page that has one. */
export function attachWorkspace(): void {
    const root = document.querySelector<HTMLElement>("[data-desk]");
    if (!root) return;
    const address = `/api/v1/desk/${root.dataset.desk ?? ""}`;
    void openChart<Desk>(root, address, (desk) => new Workspace(root, address, desk).begin());
}

class Workspace {
    readonly #address: string;
    readonly #desk: Desk;
    readonly #note: HTMLTextAreaElement;
    /** Only drawn where there was a stay. */
    readonly #disposition: HTMLSelectElement;
    readonly #entering: Entering;
    readonly #findings: Findings;
    readonly #keeping: Keeping<Draft, Desk>;
    readonly #questions: QueryPanel | undefined;
    #checkTimer: ReturnType<typeof setTimeout> | undefined;
    #checkTurn = 0;
    readonly #guidelines: Guidelines;

    constructor(root: HTMLElement, address: string, desk: Desk) {
        this.#address = address;
        this.#desk = desk;
        this.#note = root.querySelector<HTMLTextAreaElement>("[data-entry=note]") as HTMLTextAreaElement;
        this.#disposition = root.querySelector("[data-entry=disposition]") as HTMLSelectElement;
        const level = root.querySelector<HTMLElement>("[data-do=level]");
        if (level) level.hidden = !desk.columns.procedure_details.includes("em_basis");
        shown("disposition").hidden = !desk.columns.coding_details.includes("disposition");
        this.#entering = new Entering(root, address, desk, {
            changed: () => this.#changed(),
            over: () => this.#keeping.finishing,
            failed: (problem) => this.#keeping.noticeLoss(problem),
            acts: {
                role: () => this.#entering.lines.turnRole(),
                poa: () => this.#entering.lines.goTo("poa"),
                modifiers: () => this.#entering.lines.goTo("modifiers"),
                details: () => this.#entering.lines.goTo(...DETAILS_FIRST),
                level: () => this.#entering.lines.takeLevel(),
                findings: () => this.#findings.focusFirst(),
                save: () => this.#keeping.saveNow(),
                submit: () => void this.#submit(),
                hold: () => this.#giveBack("hold", askHolds),
                release: () => this.#giveBack("release", () => askRelease(() => this.#desk.documents)),
            },
        });
        this.#findings = new Findings(root, {
            go: (finding) => this.#goToField(finding),
            changed: () => this.#keeping.touch(),
            nameOf: (line) => this.#entering.nameOf(line),
        });
        this.#keeping = new Keeping(root, address, desk, {
            draft: () => this.#draft(),
            fill: (draft) => this.#fill(draft),
            changed: () => this.#changed(),
            close: () => this.#entering.reading.close(),
            reopen: (chart) => this.#reopen(chart),
            asText: () => `${this.#entering.asText()}\n${this.#note.value}`.trim(),
            refused: (problem) => this.#refused(problem),
        });
        this.#questions = QueryPanel.attach({
            address,
            epoch: () => this.#keeping.epoch,
            selection: () => this.#entering.reading.selection(),
            reveal: (place) => void this.#entering.reading.reveal(place),
            failed: (problem) => this.#keeping.noticeLoss(problem),
            send: (gather) => this.#ask(gather),
        });
        this.#guidelines = new Guidelines(address);
        // They stand in the head of the page, above the desk.
        const history = new History(address, (line) => this.#entering.lines.insert(line, this.#entering.lines.lines().length));
        this.#press("guidelines", () => this.#guidelines.toggle());
        this.#press("history", () => history.toggle());
        this.#note.addEventListener("input", () => this.#keeping.touch());
        this.#disposition.addEventListener("change", () => this.#changed());
    }

    async begin(): Promise<void> {
        const { draft, previous, chart, documents, notes } = this.#desk;
        drawDesk(this.#desk);
        const opening = this.#entering.reading.open(documents);
        this.#fill(draft?.draft ?? { lines: previous ?? [], note: "", dismissals: [] });
        if (chart.round > 0) void this.#showSentBack(notes);
        await Promise.all([opening, this.#check()]);
        this.#entering.focus();
        void this.#guidelines.begin();
        watchDocuments(this.#address, {
            documents: () => this.#desk.documents,
            show: (arrived) => {
                this.#desk.documents = arrived;
                void this.#entering.reading.open(arrived).then(() => this.#entering.reading.show(arrived.length - 1));
            },
        });
    }

    #press(act: string, run: () => void): void {
        document.querySelector(`[data-do=${act}]`)?.addEventListener("click", run);
    }

    // ── entries ─────────────────────────────────────────────────────────────────────────────────

    #fill(draft: Draft): void {
        this.#entering.load(draft.lines);
        this.#note.value = draft.note;
        this.#disposition.value = draft.disposition ?? "";
        this.#findings.load(draft.dismissals, this.#entering.lineKeys());
    }

    #draft(): Draft {
        const dismissals = this.#findings.given(this.#entering.lineKeys());
        const disposition = this.#disposition.value === "" ? {} : { disposition: this.#disposition.value };
        return { lines: this.#entering.lines.lines(), ...disposition, note: this.#note.value, dismissals };
    }

    #changed(): void {
        this.#keeping.touch();
        shown("refusal").textContent = "";
        clearTimeout(this.#checkTimer);
        this.#checkTurn += 1;
        this.#checkTimer = setTimeout(() => void this.#check(), CHECK_SETTLE_MS);
    }

    /** What the reviewer found is told by the reviewer's part of the API. */
    async #showSentBack(notes: Desk["notes"]): Promise<void> {
        try {
            const address = `${this.#address}/findings`;
            const { findings } = await call<{ findings: ReviewFinding[] }>("GET", address);
            drawSentBack(findings, notes);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            drawSentBack([], notes);
        }
    }

    async #reopen(desk: Desk): Promise<void> {
        drawDesk(desk);
        this.#entering.showSelected();
        await this.#entering.reading.open(desk.documents);
    }

    // ── the edits ───────────────────────────────────────────────────────────────────────────────

    async #check(): Promise<boolean> {
        const turn = ++this.#checkTurn;
        clearTimeout(this.#checkTimer);
        try {
            const lines = this.#entering.lines.lines();
            const { disposition } = this.#draft();
            const coding = { lines, disposition };
            const checked = await call<Checked>("POST", `${this.#address}/check`, coding);
            if (turn !== this.#checkTurn) return false;
            this.#entering.lines.describe(checked.descriptions);
            this.#entering.lines.offer(checked.levels);
            drawGrouping(checked.meaning);
            tagLines(this.#entering.lines.rows, checked.meaning);
            this.#showFindings(checked.findings);
            return true;
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (turn === this.#checkTurn) this.#findings.showState("Could not be checked just now");
            this.#keeping.noticeLoss(problem);
            if (turn === this.#checkTurn && !this.#keeping.finishing) {
                this.#checkTimer = setTimeout(() => void this.#check(), CHECK_AGAIN_MS);
            }
            return false;
        }
    }

    #showFindings(findings: Finding[]): void {
        this.#findings.show(findings, this.#entering.lineKeys());
        this.#entering.lines.mark(findings, (finding) => this.#findings.idOf(finding));
    }

    // ── finishing ───────────────────────────────────────────────────────────────────────────────

    async #submit(): Promise<void> {
        if (!this.#entering.lines.settle()) {
            toast("This is not a line yet: choose a code for it, or clear the field.");
            return;
        }
        await this.#keeping.finish("submit", async () => {
            const checked = await this.#check();
            const obstacles = this.#findings.obstacles(this.#entering.lineKeys());
            if (checked && obstacles.length > 0) {
                this.#goTo(obstacles);
                return undefined;
            }
            const dismissals = this.#findings.dismissals(this.#entering.lineKeys());
            return { epoch: this.#keeping.epoch, ...this.#draft(), dismissals };
        });
    }

    /** Says what is missing, all of it, and goes to the first. */
    #goTo(obstacles: Finding[]): void {
        const [first] = obstacles;
        if (!first) return;
        const warning = first.severity === "warning";
        if (warning) this.#findings.focusReason(first, this.#entering.lineKeys());
        else this.#goToField(first);
        this.#findings.pointAt(first);
        const errors = obstacles.filter(({ severity }) => severity === "error").length;
        const reasons = obstacles.length - errors;
        const parts = [errors > 0 ? `${errors} to correct` : "", reasons > 0 ? `${reasons} to give a reason for` : ""];
        shown("refusal").textContent = `Not handed in: ${parts.filter(Boolean).join(", ")}`;
    }

    #goToField(finding: Finding): void {
        if (finding.field === "disposition") this.#disposition.focus();
        else this.#entering.lines.focusField(finding.line, finding.field);
    }

    #giveBack(act: "hold" | "release", ask: () => Promise<GivingBack | undefined>): void {
        void this.#keeping.giveBack(act, ask, () => this.#entering.lines.settle());
    }

    /** Questions to providers end the work here, with the draft saved. */
    #ask(gather: () => Promise<object | undefined>): void {
        if (!this.#entering.lines.settle()) {
            toast("A line is not finished: choose a code for it, or clear the field, before you ask.");
            return;
        }
        this.#keeping.saveNow();
        void this.#keeping.finish("query", () => this.#keeping.onceSaved(gather), "queries");
    }

    #refused(problem: Problem): boolean {
        if (this.#questions?.refused(problem)) return true;
        const { findings } = problem.told as { findings?: Finding[] };
        if (findings) this.#showFindings(findings);
        if (problem.fields.some(({ name }) => name === "guidelines")) void this.#guidelines.demand();
        const place = /^lines\.(\d+)\.(\w+)$/.exec(problem.fields[0]?.name ?? "");
        if (place) this.#entering.lines.focusField(Number(place[1]), place[2] ?? "code");
        return false;
    }
}
