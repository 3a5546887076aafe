// The islands of every page. Each looks for its own data- attribute and does nothing without it.
import { attach } from "./attach";
import { attachForms } from "./form";
import { attachKeys } from "./keys";
import { attachLive } from "./live";
import { attachMenus } from "./menu";
import { keepTimesFresh } from "./time";
import { attachWorkspace } from "./workspace";

attachForms();
attachMenus();
attachKeys();
attach(document);
keepTimesFresh();
attachLive();
attachWorkspace();
