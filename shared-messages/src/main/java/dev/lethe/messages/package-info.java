/**
 * What crosses the broker: {@link dev.lethe.messages.Messages} is the catalogue, {@link dev.lethe.messages.Topology} the names.
 */
@NullMarked
package dev.lethe.messages;

import org.jspecify.annotations.NullMarked;
