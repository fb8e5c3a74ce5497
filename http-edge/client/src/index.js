export { connect } from './client.js';
export { request } from './http.js';
export { SkeinError } from './errors.js';
export { rowReducers } from './history.js';
