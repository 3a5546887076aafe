// A question as its provider sees it, and the answer to it: choose, answer. By the link of a mail, or signed
// in; and as a preview for the coder who writes it.
import { call, newKey, Problem } from "./api";
import { element } from "./dom";
import { clearFaults, showProblem } from "./faults";
import { attachTimes } from "./time";

export interface Choice {
    choice: string;
    option: number | null;
    words: string;
}

/** What is asked, without whose record it is. */
export interface ShownQuestion {
    title: string;
    kind: string;
    text: string;
    about: string | null;
    condition: string;
    cause: string;
    quotes: { document: string; quote: string }[];
    choices: Choice[];
}

interface ProviderQuestion extends ShownQuestion {
    id: string;
    status: string;
    facility: string;
    asked_at: string;
    answered_at: string | null;
    answer: string | null;
    encounter: {
        identity: { patient_name: string; birth_date: string; mrn: string; account_number: string };
        service_date: string;
        discharge_date: string | null;
    };
}

/** Where a question comes from and where its answer goes. */
interface Door {
    open: () => Promise<ProviderQuestion>;
    answer: (answer: object, key: string) => Promise<unknown>;
}

/** Starts the page of a question, where there is one. */
export function attachQuestion(): void {
    const root = document.querySelector<HTMLElement>("[data-query]");
    if (!root) return;
    const address = root.dataset.query ?? "";
    if (address === "link") {
        beginByLink(root);
        return;
    }
    void show(root, {
        open: () => call("GET", address),
        answer: (answer, key) => call("POST", `${address}/answer`, answer, key),
    });
}

/** The key was taken out of the address by then; a second link in the same tab brings another. */
function beginByLink(root: HTMLElement): void {
    const entry = document.querySelector<HTMLInputElement>("input[data-from-fragment]");
    const begin = () => {
        const token = entry?.value ?? "";
        if (token === "") return;
        const at = "/api/v1/query-links";
        void show(root, {
            open: () => call("POST", `${at}/open`, { token }),
            answer: (answer, key) => call("POST", `${at}/answer`, { token, answer }, key),
        });
    };
    begin();
    addEventListener("hashchange", () => setTimeout(begin));
}

async function show(root: HTMLElement, door: Door): Promise<void> {
    root.replaceChildren(element("p", { class: "quiet", role: "status" }, "Opening your question …"));
    try {
        const question = await door.open();
        draw(root, door, question);
    } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        root.replaceChildren(refusal(problem));
    }
}

function refusal(problem: Problem): HTMLElement {
    const told = element("div", { class: "notice warn", role: "alert" });
    const list = element("a", { href: "/sign-in?next=/queries" }, "Sign in");
    const title = problem.status === 422 ? "This link opens nothing any more." : problem.message;
    const rest =
        problem.status === 422
            ? " It was used, or taken back, or is too old. "
            : problem.mayRepeat
              ? " Reload the page to try again. "
              : " ";
    told.append(element("p", {}, element("strong", {}, title), rest, list, " to see what waits for you."));
    return told;
}

function draw(root: HTMLElement, door: Door, question: ProviderQuestion): void {
    const card = element("article", { class: "card query-card" });
    card.append(patient(question), ...body(question));
    if (question.status !== "open") {
        card.append(done(question.answer, question.answered_at));
        root.replaceChildren(card);
        attachTimes(root);
        return;
    }
    const form = answerForm(question, false);
    card.append(form);
    root.replaceChildren(card);
    attachTimes(root);
    const sent = { body: "", key: newKey() };
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        void send(root, form, door, sent);
    });
}

async function send(
    root: HTMLElement,
    form: HTMLFormElement,
    door: Door,
    sent: { body: string; key: string },
): Promise<void> {
    const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
    const answer = read(form);
    if (!button || button.disabled || !answer) return;
    clearFaults(form);
    button.disabled = true;
    // The same answer sent again is the same answer.
    const now = JSON.stringify(answer);
    if (sent.body !== now) Object.assign(sent, { body: now, key: newKey() });
    try {
        await door.answer(answer, sent.key);
        const thanks = element("div", { class: "notice success", role: "status", tabindex: "-1" });
        thanks.append(element("div", {}, element("strong", {}, "Thank you. Your answer is recorded.")));
        thanks.append(element("p", {}, "You can close this page."));
        root.replaceChildren(thanks);
        thanks.focus();
    } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        button.disabled = false;
        showProblem(form, problem);
    }
}

function patient(question: ProviderQuestion): HTMLElement {
    const { identity, service_date, discharge_date } = question.encounter;
    const dates = discharge_date ? `${service_date} to ${discharge_date}` : service_date;
    const facts = element("dl", { class: "facts query-patient" });
    const fact = (name: string, value: string) =>
        facts.append(element("dt", {}, name), element("dd", {}, value));
    fact("Patient", identity.patient_name);
    fact("Born", identity.birth_date);
    fact("MRN", identity.mrn);
    fact("Service", dates);
    fact("Asked for", question.facility);
    return facts;
}

/** The question itself, as provider and coder see it. */
export function body(question: ShownQuestion): HTMLElement[] {
    const parts: HTMLElement[] = [element("h1", {}, question.title)];
    const quotes = element("ul", { class: "query-quotes", "aria-label": "What the record says" });
    for (const { document, quote } of question.quotes) {
        const place = element("span", { class: "small quiet" }, document);
        quotes.append(element("li", {}, element("q", {}, quote), place));
    }
    parts.push(element("p", { class: "small quiet" }, "The record says:"), quotes);
    if (question.condition !== "") {
        const due = question.cause === "" ? "" : ` · due to · ${question.cause}`;
        parts.push(element("p", { class: "strong" }, question.condition + due));
    }
    parts.push(element("p", { class: "query-text" }, question.text));
    return parts;
}

/** What may be chosen, every choice alike; nothing is chosen beforehand. An open question has its lines in sight. */
export function answerForm(question: ShownQuestion, preview: boolean): HTMLFormElement {
    const form = element("form", { class: "stack" });
    const choices = element("fieldset", {}, element("legend", {}, "Your answer"));
    question.choices.forEach((choice, at) => {
        const box = element("input", { type: "radio", name: "choice", value: String(at), required: true });
        box.dataset.choice = choice.choice;
        if (choice.option !== null) box.dataset.option = String(choice.option);
        box.disabled = preview;
        choices.append(element("label", { class: "choice big" }, box, element("span", {}, choice.words)));
    });
    const words = element("textarea", { id: "query-words", name: "text", rows: "3", maxlength: "2000" });
    const wordsField = element("div", { class: "field" });
    wordsField.append(element("label", { for: "query-words" }, "In your words"), words);
    wordsField.hidden = !question.choices.some(({ choice }) => choice === "text");
    const comment = element("textarea", { id: "query-comment", name: "comment", rows: "2", maxlength: "2000" });
    const label = element("label", { for: "query-comment" }, "Comment ");
    label.append(element("span", { class: "optional" }, "optional"));
    words.disabled = preview;
    comment.disabled = preview;
    const button = element("button", { class: "button primary", type: "submit" }, "Answer");
    button.disabled = preview;
    form.append(choices, wordsField, element("div", { class: "field" }, label, comment), button);
    words.addEventListener("input", () => {
        const own = choices.querySelector<HTMLInputElement>("input[data-choice=text]");
        if (own) own.checked = words.value.trim() !== "";
    });
    choices.addEventListener("change", () => {
        const needs = ["other", "text"].includes(chosen(form)?.dataset.choice ?? "");
        wordsField.hidden = !needs;
        words.required = needs;
        if (needs) words.focus();
    });
    return form;
}

function chosen(form: HTMLFormElement): HTMLInputElement | null {
    return form.querySelector<HTMLInputElement>("input[name=choice]:checked");
}

function read(form: HTMLFormElement): object | undefined {
    const box = chosen(form);
    if (!box) return undefined;
    const value = (name: string) =>
        form.querySelector<HTMLTextAreaElement>(`textarea[name=${name}]`)?.value.trim() ?? "";
    const needs = ["other", "text"].includes(box.dataset.choice ?? "");
    return {
        choice: box.dataset.choice,
        ...(box.dataset.option === undefined ? {} : { option: Number(box.dataset.option) }),
        ...(needs ? { text: value("text") } : {}),
        comment: value("comment"),
    };
}

function done(answer: string | null, at: string | null): HTMLElement {
    const told = element("div", { class: "notice", role: "status" });
    const words = answer === null ? "Nothing needs to be answered any more." : `Answered: ${answer}`;
    told.append(element("div", {}, element("strong", {}, words)));
    if (at !== null) told.append(" ", element("time", { datetime: at }, at));
    return told;
}
