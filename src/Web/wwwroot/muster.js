// What pages cannot do from the server.
window.muster = {
  theme(dark) {
    document.cookie = "muster-theme=" + (dark ? "dark" : "light") + "; path=/; max-age=31536000; samesite=lax";
    document.documentElement.className = dark ? "dark" : "light";
  },

  async copy(text) {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return;
    }
    // Only pages that came over HTTPS or loopback have a clipboard.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  },

  // Calls the REST interface from the browser, where an answer is to change its cookie.
  async send(method, path, body) {
    const answer = await fetch("api/v1/" + path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    return { status: answer.status, text: await answer.text() };
  },

  // What is typed and not saved yet survives a restart of the server and a reload of the page.
  keep(key, text) {
    sessionStorage.setItem("muster:" + key, text);
  },

  kept(key) {
    return sessionStorage.getItem("muster:" + key);
  },

  forget(key) {
    sessionStorage.removeItem("muster:" + key);
  },
};

const reconnecting = document.getElementById("components-reconnect-modal");
if (reconnecting) {
  reconnecting.addEventListener("components-reconnect-state-changed", async (event) => {
    const state = event.detail.state;
    if (state === "rejected" || state === "resume-failed") {
      // The server was started anew and does not know this page any more.
      location.reload();
    } else if (state === "failed") {
      await whenBack();
    }
  });
}

async function whenBack() {
  for (;;) {
    try {
      if ((await fetch("health/live", { cache: "no-store" })).ok) {
        location.reload();
        return;
      }
    } catch {
      // Not yet.
    }
    await new Promise((resume) => setTimeout(resume, 2000));
  }
}
