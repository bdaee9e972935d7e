// What danfojs-node calls of the retired package `request` (2.88.2, with tough-cookie 2.5 and form-data 2.3), on Node's
// own
// fetch: `request.get(url)` and `request({ url, method, headers })` give a stream of the body that emits 'response'
// first.
// As a workspace of this name it is what npm puts in the place of the real one.
const { PassThrough, Readable } = require('node:stream');

/**
 * A stream of the answer's body; emits `response` with `statusCode` and `statusMessage`, and `error` where none came.
 */
function request({ url, method = 'GET', headers = {} }) {
  const body = new PassThrough();
  fetch(url, { method, headers })
    .then((answer) => {
      body.emit('response', { statusCode: answer.status, statusMessage: answer.statusText });
      if (!answer.body) return body.end();
      return Readable.fromWeb(answer.body)
        .on('error', (error) => body.destroy(error))
        .pipe(body);
    })
    .catch((error) => body.destroy(error));
  return body;
}

module.exports = request;
module.exports.get = (url) => request({ url });
