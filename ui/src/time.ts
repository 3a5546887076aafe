// <time datetime="2026-11-23T15:02:00Z">: shown in the reader's own zone, with the rest in its title.
//
//   data-time="relative"   in 3 h, 20 min ago; kept up to date
//   data-time="span"       3 h 20 min: how far away, either way
//   data-time="clock"      15:02
//   data-time="date"       23 Nov 2026
//   (nothing)              23 Nov, 15:02
//
// class="due" is a deadline that is still to be met: it turns to a warning when it is near, and bad when
// it has passed.
//
// A plain date (2026-11-23: birth, service) has no zone, so it is left as the server wrote it.

const REFRESH_MS = 30_000;
const DUE_SOON_MS = 2 * 3_600_000;
const LOCALE = document.documentElement.lang || undefined;

const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "long" });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" });
const brief = new Intl.DateTimeFormat(LOCALE, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
});
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto", style: "short" });

/** From small to large: the unit, its length in seconds, and how many of it are still told in it. */
const UNITS: [Intl.RelativeTimeFormatUnit, number, number][] = [
    ["second", 1, 60],
    ["minute", 60, 90],
    ["hour", 3_600, 36],
    ["day", 86_400, 45],
    ["month", 2_629_800, 18],
    ["year", 31_557_600, Infinity],
];

export function attachTimes(root: ParentNode): void {
    for (const shown of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) show(shown);
}

/** Keeps relative times true while the page stays open. */
export function keepTimesFresh(): void {
    setInterval(() => {
        const selector = 'time[datetime]:is([data-time="relative"], [data-time="span"])';
        for (const shown of document.querySelectorAll<HTMLTimeElement>(selector)) show(shown);
    }, REFRESH_MS);
}

function show(shown: HTMLTimeElement): void {
    if (!shown.dateTime.includes("T")) return;
    const at = new Date(shown.dateTime);
    if (Number.isNaN(at.getTime())) return;
    const distance = fromNow(at);
    shown.title = `${full.format(at)} (${distance})`;
    shown.textContent = inStyle(shown.dataset.time, at, distance);
    if (shown.classList.contains("due")) warn(shown, at.getTime() - Date.now());
}

function warn(shown: HTMLElement, left: number): void {
    if (left < 0) shown.dataset.tone = "bad";
    else if (left < DUE_SOON_MS) shown.dataset.tone = "warn";
    else delete shown.dataset.tone;
}

function inStyle(style: string | undefined, at: Date, distance: string): string {
    switch (style) {
        case "relative":
            return distance;
        case "span":
            return span(Math.abs(at.getTime() - Date.now()));
        case "clock":
            return clock.format(at);
        case "date":
            return day.format(at);
        default:
            return at.getFullYear() === new Date().getFullYear()
                ? brief.format(at)
                : `${day.format(at)}, ${clock.format(at)}`;
    }
}

function span(milliseconds: number): string {
    const minutes = Math.floor(milliseconds / 60_000);
    const hours = Math.floor(minutes / 60);
    if (hours >= 48) return `${Math.floor(hours / 24)} d`;
    if (hours >= 24) return `${hours} h`;
    return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

function fromNow(at: Date): string {
    const seconds = (at.getTime() - Date.now()) / 1_000;
    for (const [unit, length, most] of UNITS) {
        const count = Math.round(seconds / length);
        if (Math.abs(count) < most) return relative.format(count, unit);
    }
    return day.format(at);
}
