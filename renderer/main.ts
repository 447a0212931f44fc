/** Starts the pages: styles, language, door, and the app in its place. */
import { mount } from 'svelte';
import App from './App.svelte';
import { languageFor, words } from './text/words.svelte.ts';
import './style/tokens.css';
import './style/base.css';
import './style/frame.css';
import './style/parts.css';
import './style/route.css';
import './style/figures.css';
import './style/lists.css';
import './style/first-run.css';
import './style/devices.css';
import './style/faults.css';
import './style/forms.css';
import './style/evidence.css';
import './style/route-narrow.css';
import './style/narrow.css';
import './style/tiny.css';

const target = document.getElementById('app');
await words.use(languageFor(navigator.languages));
if (target) mount(App, { target });
