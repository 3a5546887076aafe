// <body data-live="topic">: when the server tells of a change, the page is fetched again and each
// element with data-live-region="name" is replaced by its new self. A region inside another one stands for
// itself; one with data-live-morph is changed in place, under the reader's hands, and looks again every
// minute, because on it time itself changes things. "live:refreshed" tells of it. Where something that takes a
// moment is waited for, [data-live-awaits] says so: the page looks again as soon as it listens.
import { attach } from "./attach";
import { fetchPage, isTyping } from "./dom";
import { morph } from "./morph";

const SETTLE_MS = 400;
const RETRY_MS = 15_000;
const LOOK_AGAIN_MS = 60_000;
const INNERMOST = "[data-live-region]:not(:has([data-live-region]))";

/** The markup a region was made from, so that what has not changed is left alone. */
const shown = new WeakMap<HTMLElement, string>();

let pending = false;
let timer: ReturnType<typeof setTimeout> | undefined;

export function attachLive(): void {
    const topic = document.body.dataset.live;
    if (topic === undefined) return;
    listen(`/api/v1/events?topic=${encodeURIComponent(topic)}`);
    // What was put off is made good when the reader comes back to the page, or leaves the entry.
    document.addEventListener("visibilitychange", () => pending && refreshSoon());
    document.addEventListener("focusout", () => pending && refreshSoon());
    document.addEventListener("dragend", () => pending && refreshSoon());
    if (document.querySelector("[data-live-morph]")) setInterval(refreshSoon, LOOK_AGAIN_MS);
}

function listen(address: string): void {
    let lost = false;
    const source = new EventSource(address);
    source.addEventListener("open", () => {
        showState("live");
        // What is waited for may have come before anybody listened.
        if (lost || document.querySelector("[data-live-awaits]")) refreshSoon();
        lost = false;
    });
    source.addEventListener("message", refreshSoon);
    source.addEventListener("change", refreshSoon);
    source.addEventListener("error", () => {
        lost = true;
        showState("lost");
        // The browser tries again by itself unless the server refused.
        if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(address), RETRY_MS);
    });
}

function showState(state: "live" | "lost"): void {
    for (const dot of document.querySelectorAll<HTMLElement>(".live-dot")) {
        dot.dataset.state = state;
        dot.textContent = state === "live" ? "Live" : "Reconnecting";
    }
}

/** Several changes at once are one refresh. */
export function refreshSoon(): void {
    pending = true;
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), SETTLE_MS);
}

async function refresh(): Promise<void> {
    if (document.hidden || isBusy()) return;
    pending = false;
    const page = await fetchPage();
    if (!page) return; // The next change, or the reconnection, brings another refresh.
    if (isBusy()) {
        pending = true;
        return;
    }
    for (const old of document.querySelectorAll<HTMLElement>(INNERMOST)) {
        const name = CSS.escape(old.dataset.liveRegion ?? "");
        const fresh = page.querySelector<HTMLElement>(`[data-live-region="${name}"]`);
        if (fresh && fresh.outerHTML !== shown.get(old)) renew(old, fresh);
    }
}

/** Nothing is replaced under the hands of someone who types, chooses, confirms or drags. */
function isBusy(): boolean {
    if (document.querySelector("[data-live-morph]")) return document.body.dataset.dragging !== undefined;
    const active = document.activeElement;
    const inRegion = active?.closest("[data-live-region]") != null;
    const openMenu = document.querySelector("[data-live-region] details.menu[open]") !== null;
    return openMenu || document.querySelector("dialog[open]") !== null || (inRegion && isTyping(active));
}

function renew(old: HTMLElement, fresh: HTMLElement): void {
    if (old.dataset.liveMorph === undefined) {
        swap(old, fresh);
        return;
    }
    const focused = document.activeElement;
    shown.set(old, fresh.outerHTML);
    morph(old, fresh);
    attach(old);
    // What was moved is the same as before, but for its focus.
    if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected) {
        focused.focus({ preventScroll: true });
    }
    old.dispatchEvent(new CustomEvent("live:refreshed", { bubbles: true }));
}

function swap(old: HTMLElement, fresh: HTMLElement): void {
    const focused = old.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const open = [...old.querySelectorAll<HTMLDetailsElement>("details[id][open]")].map(({ id }) => id);
    const placed = document.importNode(fresh, true);
    shown.set(placed, fresh.outerHTML);
    old.replaceWith(placed);
    for (const id of open) placed.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    attach(placed);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
