/** Reads an HTTP API that answers with JSON. */
@NullMarked
package dev.lethe.requests.access.source.http;

import org.jspecify.annotations.NullMarked;
