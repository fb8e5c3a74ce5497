// Before anything is drawn: the theme that was chosen or else the system's, so that no page flashes in the other one. Not a module, those come after
// the first picture. `data-theme` is `light` or `dark`; `themechange` tells the document of another; `app/theme.js` has the switch.
{
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => {
    try {
      return localStorage.getItem('skein.theme');
    } catch {
      return null; // storage is forbidden here: the system's theme it is
    }
  };
  const apply = () => {
    const theme = ['light', 'dark'].find((each) => each === chosen()) ?? (system.matches ? 'dark' : 'light');
    if (document.documentElement.dataset.theme === theme) return;
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new Event('themechange'));
  };
  system.addEventListener('change', apply);
  addEventListener('storage', apply); // of other tabs
  document.addEventListener('themechosen', apply);
  apply();
}
