/** Keeps erasures in PostgreSQL. */
@NullMarked
package dev.lethe.cancellation.erasure.jdbc;

import org.jspecify.annotations.NullMarked;
