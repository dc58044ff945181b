/** Reads a JDBC database. */
@NullMarked
package dev.lethe.requests.access.source.sql;

import org.jspecify.annotations.NullMarked;
