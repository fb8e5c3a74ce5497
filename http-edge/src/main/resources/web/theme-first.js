// Before anything is drawn: the theme that was chosen, so that no page flashes in the other one. Not a module, those come after the first picture.
try {
  const chosen = localStorage.getItem('skein.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // storage is forbidden here: the system's theme it is
}
