// A document that comes while its chart is open: told at once, shown when the coder wants it.
import { call, Problem } from "./api";
import type { DocumentInfo } from "./desk";
import { showBanner } from "./desk-view";

const RETRY_MS = 15_000;
const SETTLE_MS = 400;

interface Host {
    /** What is on the desk. */
    documents: () => DocumentInfo[];
    /** Puts these on the desk instead. */
    show: (documents: DocumentInfo[]) => void;
}

/** Watches for documents of the chart at an address of the API. */
export function watchDocuments(address: string, host: Host): void {
    const source = new EventSource("/api/v1/events");
    let timer: ReturnType<typeof setTimeout> | undefined;
    source.addEventListener("change", () => {
        clearTimeout(timer);
        timer = setTimeout(() => void look(address, host), SETTLE_MS);
    });
    source.addEventListener("error", () => {
        if (source.readyState !== EventSource.CLOSED) return;
        setTimeout(() => watchDocuments(address, host), RETRY_MS);
    });
}

async function look(address: string, host: Host): Promise<void> {
    try {
        const documents = await call<DocumentInfo[]>("GET", `${address}/documents`);
        const known = new Set(host.documents().map(({ id }) => id));
        const fresh = documents.filter(({ id }) => !known.has(id));
        if (fresh.length > 0) tell(fresh, () => host.show(documents));
    } catch (problem) {
        // A chart that is no longer held is told of by whoever saves or beats.
        if (!(problem instanceof Problem)) throw problem;
    }
}

function tell(fresh: DocumentInfo[], show: () => void): void {
    const names = fresh.map(({ name }) => name).join(", ");
    const press = () => {
        showBanner("documents", undefined);
        show();
    };
    showBanner("documents", {
        tone: "info",
        title: fresh.length === 1 ? "A new document arrived." : `${fresh.length} new documents arrived.`,
        text: names,
        actions: [{ label: "Show", press }],
    });
}
