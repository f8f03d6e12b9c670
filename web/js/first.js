// Asks for the first lines while the rest of the page is still coming.
import './theme.js';
import {begin, indexPath} from './api.js';
import {state, start} from './state.js';
import {setZone, firstPage, linesParameters} from './search.js';

start();
setZone(state.tz);
const parameters = linesParameters('desc', firstPage);
if (!location.search) parameters.pop();  // its ticket: the server has announced it without one
if (!state.line && state.context !== '1') begin(indexPath('grep'), parameters);
begin(indexPath('fields'));
