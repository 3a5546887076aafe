// Shortcuts, declared on what they press: <button data-key="n">, <a data-key="g w"> for `g`, then `w`.
// `?` lists them. Single keys rest while someone types; with ctrl+ (⌘ on a Mac) they work there too.
import { element, isTyping } from "./dom";

const STORED_AS = "chartrelay.keys";
const CONTROL = "ctrl+";
/** Before an arrow alone: with a letter, Alt is how some keyboards write. */
const ALT = "alt+";
/** The second key of two comes this soon after the first. */
const SECOND_KEY_MS = 1500;
const ON_MAC = navigator.platform.startsWith("Mac");

/** The first of two keys, and when it was pressed. */
let first: { key: string; at: number } | undefined;

export function attachKeys(): void {
    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.isComposing || event.repeat) return;
        const alt = event.altKey && event.key.startsWith("Arrow");
        if (event.altKey && !alt) return;
        const dialog = document.querySelector("dialog[open]");
        const held = ON_MAC ? event.metaKey : event.ctrlKey;
        const single = !held && !alt;
        if (!held && (event.ctrlKey || event.metaKey)) return;
        if (single && (isTyping(event.target) || !singleKeysAreOn())) return;
        const pressed = (held ? CONTROL : "") + (alt ? ALT : "") + event.key.toLowerCase();
        const goesOn = first !== undefined && event.timeStamp - first.at < SECOND_KEY_MS;
        const key = goesOn ? `${first?.key} ${pressed}` : pressed;
        first = undefined;
        if (key === "?" && !dialog) {
            event.preventDefault();
            showKeys();
            return;
        }
        const target = find(dialog ?? document, key);
        if (!target && single && !goesOn && isFirst(dialog ?? document, pressed)) {
            first = { key: pressed, at: event.timeStamp };
            event.preventDefault();
        }
        if (!target) return;
        event.preventDefault();
        if (target.matches("input, select, textarea")) target.focus();
        else target.click();
    });
    document.addEventListener("click", (event) => {
        if (event.target instanceof Element && event.target.closest("[data-show-keys]")) showKeys();
    });
}

/** Tells assistive software of the shortcuts. */
export function labelKeys(root: ParentNode): void {
    for (const target of root.querySelectorAll<HTMLElement>("[data-key]")) {
        const key = target.dataset.key ?? "";
        if (key.includes(" ")) continue; // There a space would mean "or".
        const spoken = key.replace(CONTROL, ON_MAC ? "Meta+" : "Control+").replace(ALT, "Alt+");
        target.setAttribute("aria-keyshortcuts", spoken.replace("arrow", "Arrow"));
    }
}

function find(root: ParentNode, key: string): HTMLElement | undefined {
    const all = root.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    return [...all].find((target) => !target.matches(":disabled, [inert] *") && target.checkVisibility());
}

function isFirst(root: ParentNode, key: string): boolean {
    return key.length === 1 && root.querySelector(`[data-key^="${CSS.escape(key)} "]`) !== null;
}

function singleKeysAreOn(): boolean {
    try {
        return localStorage.getItem(STORED_AS) !== "off";
    } catch {
        return true;
    }
}

function showKeys(): void {
    const rows = element("dl", { class: "key-list" });
    const add = (key: string, does: string) =>
        rows.append(element("div", {}, element("dt", {}, keyCap(key)), element("dd", {}, does)));
    const seen = new Set<string>();
    for (const target of document.querySelectorAll<HTMLElement>("[data-key]")) {
        const key = target.dataset.key ?? "";
        if (seen.has(key) || !target.checkVisibility()) continue;
        seen.add(key);
        add(key, nameOf(target));
    }
    add("?", "This list");
    const close = element("button", { class: "button primary" }, "Close");
    const actions = element("div", { class: "form-actions" }, close);
    const dialog = element(
        "dialog",
        { "aria-labelledby": "keys-title", class: "keys" },
        element("h2", { id: "keys-title" }, "Keyboard shortcuts"),
        rows,
        element("form", { method: "dialog" }, singleKeysChoice(), actions),
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    close.focus();
}

/** Those who speak to their computer, or whose hands slip, can turn single keys off. */
function singleKeysChoice(): HTMLElement {
    const box = element("input", { type: "checkbox" });
    box.checked = singleKeysAreOn();
    box.addEventListener("change", () => {
        try {
            localStorage.setItem(STORED_AS, box.checked ? "on" : "off");
        } catch {
            box.checked = true; // Storage is closed, so the choice can't be kept.
        }
    });
    return element("label", { class: "choice" }, box, "Use single keys (without Ctrl)");
}

function nameOf(target: HTMLElement): string {
    const label = target.getAttribute("aria-label") ?? target.dataset.keyLabel;
    if (label) return label;
    const own = target instanceof HTMLInputElement ? target.labels?.[0]?.textContent?.trim() : undefined;
    if (own) return own;
    const words = target.cloneNode(true) as HTMLElement;
    for (const cap of words.querySelectorAll("kbd, .kbd, .count")) cap.remove();
    return words.textContent?.trim() || target.getAttribute("placeholder") || "";
}

function keyCap(key: string): HTMLElement {
    const held = key.startsWith(CONTROL);
    const alt = key.startsWith(ALT);
    const bare = key.slice(held ? CONTROL.length : alt ? ALT.length : 0);
    const plain = bare.replace("arrowup", "↑").replace("arrowdown", "↓");
    if (plain.includes(" ")) return element("kbd", { class: "kbd" }, plain.toUpperCase());
    const cap = plain.length === 1 ? plain.toUpperCase() : plain.charAt(0).toUpperCase() + plain.slice(1);
    const before = held ? (ON_MAC ? "⌘ " : "Ctrl ") : alt ? "Alt " : "";
    return element("kbd", { class: "kbd" }, before + cap);
}
