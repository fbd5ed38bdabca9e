// Before the first paint: who has not chosen a theme gets the one of their system.
(function () {
  if (/(?:^|; )muster-theme=/.test(document.cookie)) return;
  var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.cookie = "muster-theme=" + (dark ? "dark" : "light") + "; path=/; max-age=31536000; samesite=lax";
  document.documentElement.className = dark ? "dark" : "light";
  if (dark && /(?:^|; )muster-theme=/.test(document.cookie)) location.reload();
})();
