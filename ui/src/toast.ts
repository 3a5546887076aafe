// Short messages that pass by in the corner, read out by screen readers.
import { element } from "./dom";

const SHOWN_MS = 6_000;

/** Shows a message. Errors stay until they are dismissed. */
export function toast(message: string, tone: "info" | "success" | "error" = "info"): void {
    const close = element("button", { class: "button quiet small square", type: "button" }, "×");
    close.setAttribute("aria-label", "Dismiss");
    const shown = element("div", { class: `toast ${tone}` }, element("span", {}, message), close);
    const remove = () => shown.remove();
    close.addEventListener("click", remove);
    place().append(shown);
    if (tone !== "error") setTimeout(remove, SHOWN_MS);
}

function place(): HTMLElement {
    const there = document.querySelector<HTMLElement>(".toasts");
    if (there) return there;
    const made = element("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(made);
    return made;
}
