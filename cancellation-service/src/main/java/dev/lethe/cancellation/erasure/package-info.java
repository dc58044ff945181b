/** The core: what an erasure is and how it goes on, as values and one pure function. No Spring. */
@NullMarked
package dev.lethe.cancellation.erasure;

import org.jspecify.annotations.NullMarked;
