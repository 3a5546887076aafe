// The reviewer's desk: the coder's lines beside the reviewer's, what differs, and how the review ends.
import { call, Problem } from "./api";
import { confirm } from "./confirm";
import { written } from "./desk";
import { askReason, shown } from "./desk-view";
import { Entering } from "./entering";
import { Findings } from "./findings";
import { drawGrouping, tagLines } from "./grouping";
import { Keeping, openChart } from "./keeping";
import type { Compared, Outcome, Proposed, ReviewDesk, ReviewDraft } from "./review-desk";
import { ReviewFindings } from "./review-findings";
import { Beside } from "./review-lines";
import { drawReview, drawScore, percentWords } from "./review-view";
import { toast } from "./toast";

const COMPARE_SETTLE_MS = 350;
const COMPARE_AGAIN_MS = 4_000;

const OUTCOMES: Outcome[] = ["accepted", "fixed_and_accepted", "sent_back"];
/** What an outcome is called on its button, and what it does. */
const WORDS: Record<Outcome, { name: string; does: string }> = {
    accepted: { name: "Accept", does: "Accept the coder’s codes as they are?" },
    fixed_and_accepted: { name: "Fix and accept", does: "Accept your codes in place of the coder’s?" },
    sent_back: { name: "Send back", does: "Send the chart back to its coder?" },
};

/** Starts the review on a page that has one. */
export function attachReview(): void {
    const root = document.querySelector<HTMLElement>("[data-review]");
    if (!root) return;
    const address = `/api/v1/reviews/${root.dataset.review ?? ""}`;
    void openChart<ReviewDesk>(root, address, (desk) => new Review(root, address, desk).begin());
}

class Review {
    readonly #root: HTMLElement;
    readonly #address: string;
    readonly #desk: ReviewDesk;
    readonly #note: HTMLTextAreaElement;
    readonly #entering: Entering;
    readonly #beside: Beside;
    readonly #findings: ReviewFindings;
    /** What the edits say of the reviewer's lines. */
    readonly #edits: Findings;
    readonly #keeping: Keeping<ReviewDraft, ReviewDesk>;
    #compared: Compared | undefined;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #turn = 0;

    constructor(root: HTMLElement, address: string, desk: ReviewDesk) {
        desk.columns.coder = true;
        this.#root = root;
        this.#address = address;
        this.#desk = desk;
        this.#note = root.querySelector<HTMLTextAreaElement>("[data-entry=note]") as HTMLTextAreaElement;
        this.#entering = new Entering(root, address, desk, {
            changed: () => this.#changed(),
            over: () => this.#keeping.finishing,
            failed: (problem) => this.#keeping.noticeLoss(problem),
            acts: this.#acts(),
        });
        this.#beside = new Beside(root, this.#entering, desk.coding);
        this.#findings = new ReviewFindings(root, {
            changed: () => this.#written(),
            go: (coder, line) => this.#goTo(coder, line),
            coderLines: desk.coding.lines.map((_, at) => this.#beside.nameOf(at)),
        });
        this.#edits = new Findings(root, {
            go: (finding) => this.#entering.lines.focusField(finding.line, finding.field),
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
        this.#note.addEventListener("input", () => this.#keeping.touch());
    }

    async begin(): Promise<void> {
        const { draft, coding, documents } = this.#desk;
        drawReview(this.#root, this.#desk);
        const opening = this.#entering.reading.open(documents);
        this.#fill(draft?.draft ?? { lines: coding.lines, findings: [], note: "" });
        this.#showDecisions();
        await Promise.all([opening, this.#compare()]);
        this.#entering.focus();
    }

    #acts(): Record<string, () => void> {
        return {
            save: () => this.#keeping.saveNow(),
            remark: () => this.#findings.remark(this.#beside.selected),
            why: () => this.#findings.focusWanting(),
            release: () => void this.#giveBack(),
            accepted: () => void this.#decide("accepted"),
            fixed_and_accepted: () => void this.#decide("fixed_and_accepted"),
            sent_back: () => void this.#decide("sent_back"),
        };
    }

    // ── entries ─────────────────────────────────────────────────────────────────────────────────

    #fill(draft: ReviewDraft): void {
        this.#entering.load(draft.lines);
        this.#note.value = draft.note;
        this.#findings.load(draft.findings, this.#entering.lineKeys());
    }

    #draft(): ReviewDraft {
        const findings = this.#findings.drafted(this.#entering.lineKeys());
        return { lines: this.#entering.lines.lines(), findings, note: this.#note.value };
    }

    /** Lines were changed: what they differ in is asked anew. */
    #changed(): void {
        this.#keeping.touch();
        shown("refusal").textContent = "";
        this.#compareIn(COMPARE_SETTLE_MS);
    }

    /** A finding was written. */
    #written(): void {
        this.#keeping.touch();
        shown("refusal").textContent = "";
        this.#showDecisions();
    }

    #goTo(coder: number | null, line: number | null): void {
        if (line !== null) this.#entering.lines.focusField(line, "code");
        else if (coder !== null) this.#beside.reveal(coder);
    }

    async #reopen(desk: ReviewDesk): Promise<void> {
        drawReview(this.#root, { ...desk, columns: this.#desk.columns });
        this.#entering.showSelected();
        await this.#entering.reading.open(desk.documents);
    }

    // ── the comparison ──────────────────────────────────────────────────────────────────────────

    #compareIn(milliseconds: number): void {
        clearTimeout(this.#timer);
        this.#turn += 1;
        this.#timer = setTimeout(() => void this.#compare(), milliseconds);
    }

    async #compare(): Promise<boolean> {
        const turn = ++this.#turn;
        clearTimeout(this.#timer);
        try {
            const lines = this.#entering.lines.lines();
            const compared = await call<Compared>("POST", `${this.#address}/compare`, { lines });
            if (turn !== this.#turn) return false;
            this.#show(compared);
            return true;
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.#keeping.noticeLoss(problem);
            if (turn !== this.#turn) return false;
            this.#edits.showState("Could not be compared just now");
            const again = problem.mayRepeat || problem.status === 401;
            if (again && !this.#keeping.finishing) this.#compareIn(COMPARE_AGAIN_MS);
            return false;
        }
    }

    #show(compared: Compared): void {
        this.#compared = compared;
        const keys = this.#entering.lineKeys();
        this.#entering.lines.describe(compared.descriptions);
        this.#edits.show(compared.edits, keys);
        this.#entering.lines.mark(compared.edits, (finding) => this.#edits.idOf(finding));
        const agreement = this.#beside.show(compared);
        const proposed = compared.proposed.map((one) => ({ ...one, detail: this.#worded(one) }));
        this.#findings.show(proposed, keys);
        drawScore(compared.score, this.#desk.accuracy_target_percent, agreement);
        drawGrouping(compared.meaning, compared.coder_meaning);
        tagLines(this.#entering.lines.rows, compared.meaning);
        this.#showDecisions();
    }

    /** What differs, with codes as people write them. */
    #worded({ coder_line, reviewer_line, detail }: Proposed): string {
        const coder = coder_line === null ? undefined : this.#desk.coding.lines[coder_line];
        const own = reviewer_line === null ? undefined : this.#entering.lines.rows[reviewer_line];
        const system = (coder ?? own)?.system ?? "cpt";
        const [codes = "", ...values] = detail.split(": ");
        const pointed = codes.split(" → ").map((code) => written(system, code)).join(" → ");
        return [pointed, ...values].join(": ");
    }

    // ── the decision ────────────────────────────────────────────────────────────────────────────

    /** Why the review can't end so, in words; undefined when it can. */
    #against(outcome: Outcome): string | undefined {
        const { changed, edits } = this.#compared ?? {};
        if (changed === undefined || !edits) return "your lines are not compared with the coder’s yet";
        const found = this.#findings.count;
        const errors = edits.filter(({ severity }) => severity === "error").length;
        switch (outcome) {
            case "accepted":
                if (changed) return "you changed the codes";
                return found > 0 ? "you wrote a finding" : undefined;
            case "fixed_and_accepted":
                if (!changed) return "you changed no code";
                return errors > 0 ? "the edits find an error in your codes" : undefined;
            case "sent_back":
                return found === 0 ? "no finding says what to correct" : undefined;
        }
    }

    #showDecisions(): void {
        const reasons = OUTCOMES.map((outcome) => ({ outcome, against: this.#against(outcome) }));
        for (const { outcome, against } of reasons) {
            const button = this.#root.querySelector<HTMLButtonElement>(`[data-do="${outcome}"]`);
            const why = shown(`against-${outcome}`);
            why.textContent = against ? `${WORDS[outcome].name}: ${against}.` : "";
            if (!button || button.ariaBusy === "true") continue;
            button.disabled = against !== undefined || this.#keeping.finishing;
            button.title = against ?? "";
        }
    }

    async #decide(outcome: Outcome): Promise<void> {
        if (!this.#settle()) return;
        await this.#keeping.finish(outcome, () => this.#decision(outcome), "decide");
        this.#showDecisions();
    }

    /** Compares once more, has it confirmed, and gathers what is sent; undefined to go on reviewing. */
    async #decision(outcome: Outcome): Promise<object | undefined> {
        if (!(await this.#compare()) || !this.#compared) {
            toast("Your lines could not be compared with the coder’s; try again in a moment.", "error");
            return undefined;
        }
        const against = this.#against(outcome);
        const wanting = outcome === "accepted" ? 0 : this.#findings.wanting;
        if (against || wanting > 0) {
            if (!against) this.#findings.focusWanting();
            shown("refusal").textContent = `Not decided: ${against ?? "say why, then decide"}`;
            return undefined;
        }
        if ((await confirm(this.#question(outcome, this.#compared))) === undefined) return undefined;
        const { epoch } = this.#keeping;
        const { lines, note } = this.#draft();
        return { epoch, outcome, lines, findings: this.#findings.entries(), note };
    }

    #question(outcome: Outcome, { score, comparison }: Compared) {
        const { name, does } = WORDS[outcome];
        const found = this.#findings.count;
        const findings = found === 0 ? "" : ` ${found} finding${found === 1 ? "" : "s"}.`;
        // Sent back without a correction, a coding is not scored.
        const scored = outcome !== "sent_back" || comparison.differences.length > 0;
        const says = scored ? ` Score ${percentWords(score)}.` : " It is not scored.";
        return { text: `${does}${findings}${says}`, yes: name, danger: false };
    }

    async #giveBack(): Promise<void> {
        const ask = async () => {
            const reason = await askReason("release");
            return reason && { verb: "release", body: reason };
        };
        await this.#keeping.giveBack("release", ask, () => this.#entering.lines.settle());
    }

    #settle(): boolean {
        const settled = this.#entering.lines.settle();
        if (!settled) toast("This is not a line yet: choose a code for it, or clear the field.");
        return settled;
    }

    #refused(problem: Problem): boolean {
        if (this.#keeping.finishing) return true;
        const said = problem.fields.map(({ message }) => message).join("; ");
        shown("refusal").textContent = `Not decided: ${said || problem.message}`;
        if (this.#findings.showFaults(problem.fields)) return true;
        const [fault] = problem.fields;
        const place = /^lines\.(\d+)\.(\w+)$/.exec(fault?.name ?? "");
        if (place) this.#entering.lines.focusField(Number(place[1]), place[2] ?? "code");
        else if (fault?.name === "note") this.#note.focus();
        return true;
    }
}
