/** The life of a request: its states, and what may happen in each. The core; knows nothing of how it is stored or sent. */
@NullMarked
package dev.lethe.requests.request;

import org.jspecify.annotations.NullMarked;
