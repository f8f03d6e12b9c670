// Light, dark, or as the system says.
export const theme = () => localStorage.getItem('alco.theme') ?? 'system';

export function applyTheme(name = theme()) {
	if (name === 'system') localStorage.removeItem('alco.theme'); else localStorage.setItem('alco.theme', name);
	if (name === 'system') delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = name;
	dispatchEvent(new Event('themechange'));
}

applyTheme();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => dispatchEvent(new Event('themechange')));
