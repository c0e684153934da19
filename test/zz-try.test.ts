import { readFileSync, readdirSync, statSync } from 'node:fs'
import { test } from 'vitest'
import { readObjects } from '/tmp/wt/kubernetes/src/import/kubernetes/read-kubernetes.ts'
const C='/work/shared/corpus/systems/'
const walk=(p:string):string[]=>statSync(p).isDirectory()?readdirSync(p).flatMap(f=>walk(p+'/'+f)):[p]
const sys:any={'online-boutique':['kubernetes-manifests.yaml'],'aks-store':['aks-store-all-in-one.yaml'],'sock-shop':['kubernetes']}
test('try',()=>{
 for(const [n,ps] of Object.entries(sys) as any){
  const files=ps.flatMap((p:string)=>walk(C+n+'/'+p)).filter((f:string)=>/\.ya?ml$/.test(f)).map((f:string)=>({name:f.slice((C+n).length+1),text:readFileSync(f,'utf8')}))
  const r=readObjects(files)
  const truth=JSON.parse(readFileSync(C+n+'/truth.json','utf8'))
  const names=new Set(r.elements.map(e=>e.name))
  const out=new Set(truth.not_part_of_system)
  const T=new Set(truth.edges.filter((e:any)=>names.has(e.from)&&names.has(e.to)).map((e:any)=>e.from+'>'+e.to))
  const F=r.edges.filter(e=>e.source.confidence!=='guessed').map(e=>e.from+'>'+e.to)
  console.log('==',n,r.elements.map(e=>e.name+':'+e.kind).join(' '))
  console.log('edges',F.length,'right',F.filter(f=>T.has(f)).length,'of',T.size,'wrong',F.filter(f=>!T.has(f)),'missing',[...T].filter(t=>!F.includes(t as string)))
  console.log('guessed',r.edges.filter(e=>e.source.confidence==='guessed').map(e=>e.from+'>'+e.to+' '+e.source.signal))
  for(const x of r.notes) console.log(`${x.kind}: ${x.file??''}:${x.line??''}:${x.column??''} ${x.message}`)
  if(n==='aks-store') console.log(JSON.stringify(r.elements.slice(0,3).map(e=>({...e,facts:e.facts.map(f=>f.path.join('.')+'='+JSON.stringify(f.value)+'@'+f.source.line+' '+f.source.signal)})),null,1))
 }
})
