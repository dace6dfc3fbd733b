// An object prints as JSON, where JavaScript prints `[object Object]`.
;(() => {
  'use strict'
  const toString = Object.prototype.toString
  Object.prototype.toString = function () {
    return marks.isObject(this) ? marks.objectText(this) : toString.call(this)
  }
})()
