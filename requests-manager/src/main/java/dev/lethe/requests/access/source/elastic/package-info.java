/** Searches the indices of an Elasticsearch. */
@NullMarked
package dev.lethe.requests.access.source.elastic;

import org.jspecify.annotations.NullMarked;
