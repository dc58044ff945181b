/** Keeps requests in PostgreSQL. Every statement that moves a request says which epoch it knows. */
@NullMarked
package dev.lethe.requests.request.jdbc;

import org.jspecify.annotations.NullMarked;
