// Runs before the page is drawn, so that a chosen theme does not flash. Loaded in <head>, blocking.
import { applyTheme, storedTheme } from "./theme-choice";

applyTheme(storedTheme());
