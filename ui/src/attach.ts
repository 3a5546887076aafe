// What is attached to elements rather than to the document, for a whole page or a refreshed part.
import { labelKeys } from "./keys";
import { attachTables } from "./table";
import { attachTheme } from "./theme";
import { attachTimes } from "./time";
import { attachUploads } from "./upload";

export function attach(root: ParentNode): void {
    attachTheme(root);
    attachTimes(root);
    attachTables(root);
    attachUploads(root);
    labelKeys(root);
}
