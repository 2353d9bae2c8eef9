// The keys that GraphiQL names in its list of shortcuts: away from macOS it binds the Windows key where it says Ctrl.
import { isMacOs, useGraphiQLActions } from "@graphiql/react";
import { useEffect } from "react";

export function Keys() {
  const { prettifyEditors, mergeQuery, copyQuery } = useGraphiQLActions();
  useEffect(() => {
    if (isMacOs) return;
    const bound: Record<string, () => unknown> = { P: prettifyEditors, M: mergeQuery, C: copyQuery };
    const press = (event: KeyboardEvent) => {
      const act = event.ctrlKey && event.shiftKey && !event.altKey && !event.metaKey ? bound[event.key] : undefined;
      if (!act) return;
      event.preventDefault();
      void act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [prettifyEditors, mergeQuery, copyQuery]);
  return null;
}
