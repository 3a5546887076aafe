// The parts of a review that are drawn and only read: why it was drawn, what was found and said before,
// the score.
import { type Note, foundCodes, written } from "./desk";
import { addFact, drawDesk, noteItem, reveal, shown } from "./desk-view";
import { element } from "./dom";
import type { EarlierReview, FoundBefore, ReviewDesk, Score } from "./review-desk";
import { categoryWords } from "./review-findings";
import { attachTimes } from "./time";

const DRAWN: Record<string, string> = {
    ramp: "Every chart of a new coder",
    routine: "Drawn by chance",
    requested: "Asked for",
    revised: "Revised by its coder",
};

const OUTCOMES: Record<string, string> = {
    accepted: "accepted",
    fixed_and_accepted: "fixed and accepted",
    sent_back: "sent back",
};

const SEVERITY_TONES: Record<string, string> = { critical: "bad", major: "warn", minor: "info" };

/** Everything of a review that does not change while it is on the desk. */
export function drawReview(root: HTMLElement, desk: ReviewDesk): void {
    const fromCoder = desk.notes.filter(({ about }) => about === "coding");
    const others = desk.notes.filter(({ about }) => about !== "coding");
    drawDesk({ ...desk, notes: others });
    const { disposition } = desk.coding;
    if (disposition) addFact("Discharge status", disposition);
    reveal("drawn", DRAWN[desk.drawn_because] ?? desk.drawn_because);
    drawEarlier(root, desk.earlier);
    drawFromCoder(desk, fromCoder);
}

function drawEarlier(root: HTMLElement, earlier: EarlierReview[]): void {
    const place = shown<HTMLDetailsElement>("sent-back");
    place.hidden = earlier.length === 0;
    const newestFirst = [...earlier].reverse();
    shown("sent-back-list").replaceChildren(...newestFirst.map((review) => earlierItem(root, review)));
    attachTimes(place);
}

function earlierItem(root: HTMLElement, review: EarlierReview): HTMLElement {
    const outcome = OUTCOMES[review.outcome ?? ""] ?? "ended";
    const head = element("div", { class: "small" });
    head.append(element("strong", {}, `Coding ${review.coding_version}, ${outcome}`), " ");
    if (review.decided_at) head.append(element("time", { datetime: review.decided_at, class: "quiet" }));
    const list = element("ul", {}, ...review.findings.map((finding) => foundItem(root, finding)));
    const nothing = element("p", { class: "quiet small" }, "Nothing was found.");
    return element("li", {}, head, review.findings.length > 0 ? list : nothing);
}

function foundItem(root: HTMLElement, finding: FoundBefore): HTMLElement {
    const tone = SEVERITY_TONES[finding.severity] ?? "warn";
    const words = `${categoryWords(root, finding.category)}, ${finding.severity}`;
    const item = element("li", {}, element("span", { class: "badge", "data-tone": tone }, words));
    const about = finding.detail || foundCodes(finding);
    if (about) item.append(" ", element("span", { class: "code" }, about));
    if (finding.rationale) item.append(" ", finding.rationale);
    if (finding.citation) item.append(" ", element("span", { class: "quiet" }, finding.citation));
    return item;
}

/** The coder's words to the reviewer, and what they set aside of the edits. */
function drawFromCoder({ coding }: ReviewDesk, notes: Note[]): void {
    const place = shown("from-coder");
    place.hidden = notes.length + coding.dismissals.length === 0;
    const aside = coding.dismissals.map(({ rule, line, reason }) => {
        const there = line === null ? undefined : coding.lines[line];
        const about = there ? written(there.system, there.code) : "the coding";
        const head = element("div", { class: "small" }, element("strong", {}, `Set aside for ${about}`), " ");
        head.append(element("span", { class: "quiet" }, rule));
        return element("li", {}, head, element("p", {}, reason));
    });
    shown("from-coder-list").replaceChildren(...notes.map(noteItem), ...aside);
    attachTimes(place);
}

/** `83.3 %`, in the reader's own way of writing numbers. */
export function percentWords(score: Score): string {
    if (score.percent === null) return "of no codes";
    const digits = { maximumFractionDigits: 1 };
    const language = document.documentElement.lang || undefined;
    return `${new Intl.NumberFormat(language, digits).format(score.percent)} %`;
}

/** The coder's score if the review ended so. */
export function drawScore(score: Score, target: number, lines: string): void {
    const place = shown("score");
    place.textContent = score.percent === null ? "No codes to score" : `Score ${percentWords(score)}`;
    place.dataset.score = score.percent === null ? "" : String(score.percent);
    place.classList.toggle("tone-warn", score.percent !== null && score.percent < target);
    const errors = `${score.errors} error${score.errors === 1 ? "" : "s"}`;
    const aim = `the queue asks for ${target} %`;
    shown("score-counts").textContent = `${score.correct} of ${score.total}, ${errors} · ${aim}`;
    shown("agreement").textContent = lines;
}
