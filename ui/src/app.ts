// The islands of every page. Each looks for its own data- attribute and does nothing without it.
import { attachAnswers } from "./answers";
import { attach } from "./attach";
import { attachBoard } from "./board";
import { attachForms } from "./form";
import { takeFragment } from "./fragment";
import { attachKeys } from "./keys";
import { attachLive } from "./live";
import { attachMenus } from "./menu";
import { attachReview } from "./review";
import { attachRows } from "./rows";
import { keepTimesFresh } from "./time";
import { attachWorkspace } from "./workspace";

attachForms();
attachRows();
attachAnswers();
takeFragment();
attachMenus();
attachKeys();
attach(document);
keepTimesFresh();
attachLive();
attachWorkspace();
attachReview();
attachBoard();
