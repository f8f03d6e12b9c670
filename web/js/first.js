// Asks for the first lines while the rest of the page is still coming.
import './theme.js';
import {begin, indexPath} from './api.js';
import {state, start} from './state.js';
import {setZone, firstPage, linesParameters} from './search.js';

start();
setZone(state.tz);
if (!state.line && state.context !== '1') begin(indexPath('grep'), linesParameters('desc', firstPage));
begin(indexPath('fields'));
