import { expect, test } from 'vitest'
import { artifactOf } from '../src/reporters/sarif-places.ts'

test.each([
  ['scaffold.yaml', 'scaffold.yaml'],
  ['./deploy//scaffold.yaml', 'deploy//scaffold.yaml'],
  ['../shop/scaffold.yaml', '../shop/scaffold.yaml'],
  ['a b/100% ü#1?.yaml', 'a%20b/100%25%20%C3%BC%231%3F.yaml'],
  ['https://example.org/x.yaml', 'https%3A//example.org/x.yaml'],
  ['a\\b\ud800.yaml', 'a%5Cb%EF%BF%BD.yaml'],
  ['-', 'stdin'],
  ['', 'stdin'],
])('the file %j is %s below the root', (file, uri) => {
  expect(artifactOf(file)).toEqual({ uri, uriBaseId: '%SRCROOT%' })
})

test.each([
  ['/srv/shop/scaffold.yaml', 'file:///srv/shop/scaffold.yaml'],
  ['D:/shop/a b.yaml', 'file:///D:/shop/a%20b.yaml'],
])('the absolute path %s has a URI of its own', (file, uri) => {
  expect(artifactOf(file)).toEqual({ uri })
})
