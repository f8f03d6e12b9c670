// Comes before all else: asks for the first lines, so that they are on their way while the page is made.
import './theme.js';
import {begin, indexPath} from './api.js';
import {state, start} from './state.js';
import {setZone, linesParameters} from './search.js';

start();
setZone(state.tz);
const parameters = linesParameters('desc');
if (!location.search) parameters.pop();  // its ticket: the server has announced it without one
if (!state.line && state.context !== '1') begin(indexPath('grep'), parameters);
begin(indexPath('fields'));
