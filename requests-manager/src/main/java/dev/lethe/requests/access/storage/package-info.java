/** Keeps finished reports, encrypted, until they expire; what is not whole or not of a live claim is not there. */
@NullMarked
package dev.lethe.requests.access.storage;

import org.jspecify.annotations.NullMarked;
