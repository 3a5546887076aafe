// Asks before a thing is done, in a <dialog>; may ask for a reason at the same time.
import { element } from "./dom";

export interface Question {
    /** What will happen, in a sentence. */
    text: string;
    /** The word on the button that does it. */
    yes: string;
    danger: boolean;
    /** When given, a required text of this label is asked for. */
    ask?: string;
}

/** Resolves to the text that was asked for ("" when none was), or undefined when refused. */
export function confirm(question: Question): Promise<string | undefined> {
    const entry = element("textarea", { required: true, rows: "3", id: "confirm-entry" });
    const yes = element(
        "button",
        { class: question.danger ? "button primary danger" : "button primary", value: "yes" },
        question.yes,
    );
    const no = element("button", { class: "button", value: "", formnovalidate: true }, "Cancel");
    const form = element("form", { method: "dialog", class: "stack" });
    form.append(element("h2", { id: "confirm-text" }, question.text));
    if (question.ask !== undefined) {
        const label = element("label", { for: "confirm-entry" }, question.ask);
        form.append(element("div", { class: "field" }, label, entry));
    }
    form.append(element("div", { class: "form-actions" }, no, yes));
    const dialog = element("dialog", { "aria-labelledby": "confirm-text" }, form);
    document.body.append(dialog);
    dialog.showModal();
    // What can't be undone is not what Enter does.
    if (question.ask !== undefined) entry.focus();
    else (question.danger ? no : yes).focus();
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => {
            dialog.remove();
            resolve(dialog.returnValue === "yes" ? entry.value.trim() : undefined);
        });
    });
}
